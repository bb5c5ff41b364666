"""Every walk over graphs has a rule for every operation, or says that there is none."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

import pisnas_mm
from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, graph
from pisnas_mm.blocks.graph import STRIDES, Graph, Op
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.models.graph_block import LAYERS, RUN, GraphBlock
from pisnas_mm.models.probes import LinearBlock, ObservedBlock, PlainBlock
from pisnas_mm.receptive import backward, forward
from pisnas_mm.receptive.steps import STEPS
from pisnas_mm.scores.synflow import HOMOGENEOUS, SynFlowScore

VOCABULARY = {
    op
    for op in vars(graph).values()
    if isinstance(op, type) and issubclass(op, Op) and op is not Op
}
NORM = dict(type='BN')


def all_walks() -> Iterator[Walk]:
    """Those of all modules and of their classes, each once."""
    found: dict[int, Walk] = {}
    for module in pkgutil.walk_packages(pisnas_mm.__path__, 'pisnas_mm.'):
        things = list(vars(importlib.import_module(module.name)).values())
        things += [
            value for thing in things if isinstance(thing, type) for value in vars(thing).values()
        ]
        found |= {id(thing): thing for thing in things if isinstance(thing, Walk)}
    yield from found.values()


WALKS = list(all_walks())
every_walk = pytest.mark.parametrize('walk', WALKS, ids=lambda walk: walk.name)


def test_these_are_the_walks() -> None:
    known = [STRIDES, LAYERS, RUN, ObservedBlock.run, LinearBlock.run, STEPS, HOMOGENEOUS]
    known += [measures.complexity.PARAMS, measures.complexity.MACS, measures.complexity.LAYERS]
    known += [measures.entropy.VOLUMES, forward._RULES, backward._RULES]
    assert {id(walk) for walk in known} <= {id(walk) for walk in WALKS}
    assert len({walk.name for walk in WALKS}) == len(WALKS)


@every_walk
def test_it_is_complete(walk: Walk) -> None:
    assert set(walk) | walk.refused == VOCABULARY
    assert not set(walk) & walk.refused


class Fold(Op):
    """An operation that nobody has heard of, of stride 2."""

    stride = 2


@every_walk
def test_it_refuses_an_operation_that_it_does_not_know(walk: Walk) -> None:
    with pytest.raises(ValueError, match=f'^{walk.name} has no rule for Fold'):
        walk[Fold]
    for op in walk.refused:
        with pytest.raises(ValueError, match=f'^{walk.name} has no rule for {op.__name__}'):
            walk[op]


@dataclass(frozen=True)
class Folded(Block):
    """A convolution and what nobody has heard of."""

    in_channels: int = 8
    out_channels: int = 8
    stride: int = 2
    act: str = 'relu'

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.conv('conv', g.input, 8, 3)
        g.ops.append(Fold((x,), 8))
        return g


GENOTYPE = Genotype((Folded(), Folded()), 8)  # so that it has a level of stride 4


@pytest.mark.parametrize(
    ('walk', 'ask'),
    [
        ('the stride of a graph', lambda: Folded().graph().stride),
        ('the stride of a graph', lambda: Folded().graph().sides(64)),
        ('the count of params', lambda: measures.params(GENOTYPE)),
        ('the stride of a graph', lambda: measures.macs(GENOTYPE, 64)),
        ('the stride of a graph', lambda: measures.bottleneck_entropy(GENOTYPE, 64)),
        ('the count of layers', lambda: measures.layers(GENOTYPE)),
        ('the count of layers', lambda: measures.effectiveness(GENOTYPE)),
        ('the count of layers', lambda: measures.stage_entropies(GENOTYPE)),
        ('the closed form', lambda: measures.stage_radii(GENOTYPE, 64)),
        ("a block's forward pass", lambda: GraphBlock(Folded(), None, NORM)),
        ("a block's forward pass", lambda: PlainBlock(Folded(), None, NORM)),
        ('an observed block', lambda: ObservedBlock(Folded(), None, NORM)),
        ('a linear block', lambda: LinearBlock(Folded(), None, NORM)),
        ('SynFlowScore', lambda: SynFlowScore(64).check(GENOTYPE)),
    ],
)
def test_whoever_walks_over_it_is_told(walk: str, ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=f'{walk} has no rule for Fold'):
        ask()
