"""Graphs made of others: what is taken out is gone, and the rest is as it was."""

from dataclasses import dataclass

import pytest
import torch
from mmengine.analysis import FlopAnalyzer, parameter_count

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, BottleneckStage, InvertedResidualStage, RepVGGStage
from pisnas_mm.blocks.graph import Act, Add, BiasedConv, Conv, Graph, Input, Multiply
from pisnas_mm.blocks.rewriting import (
    branches_of,
    merged,
    rebuilt,
    without_gates,
    without_shortcuts,
)
from pisnas_mm.models.graph_block import GraphBlock
from tests.samples import SAMPLES


def test_an_operation_is_replaced_and_what_only_it_needed_is_gone():
    g = Graph(4, 'relu')
    a = g.conv('a', g.input, 4, 1)
    b = g.conv('b', a, 4, 1)
    total = g.add(a, b)
    g.activation(total)
    as_before = list(g.ops)
    made = rebuilt(g, {total: a}).ops
    assert [type(op) for op in made] == [Input, Conv, Act]
    assert [op.sources for op in made] == [(), (0,), (1,)]
    made = rebuilt(g, {b: Conv((g.input,), 4, 'other', 4, 3, 1, None)}).ops
    assert [getattr(op, 'name', '') for op in made] == ['', 'a', 'other', '', '']
    assert [op.sources for op in made] == [(), (0,), (0,), (1, 2), (3,)]
    assert g.ops == as_before


def test_the_output_itself_may_be_replaced():
    g = Graph(4, 'relu')
    a = g.conv('a', g.input, 4, 1)
    g.add(g.input, a)
    assert [type(op) for op in rebuilt(g, {2: g.input}).ops] == [Input]


@pytest.mark.parametrize('block', SAMPLES, ids=repr)
def test_without_shortcuts_no_sum_is_left_and_nothing_idle(block):
    graph, plain = block.graph(), without_shortcuts(block.graph())
    assert plain.ops[-1].channels == graph.ops[-1].channels
    assert plain.stride == graph.stride
    assert not [op for op in plain.ops if isinstance(op, Add)]
    used = {source for op in plain.ops for source in op.sources}
    assert used == set(range(len(plain.ops) - 1))
    main = [c.name for c in graph.convs() if c.released.counted]
    assert [c.name for c in plain.convs()] == main


def test_a_sum_at_the_end_gives_its_branch():
    g = Graph(4, act='relu')
    g.add(g.input, g.conv('branch', g.input, 4, 3))
    ops = without_shortcuts(g).ops
    assert [type(op) for op in ops][1:] == [Conv]
    assert ops[1].sources == (0,)


@pytest.mark.parametrize('attention', [False, True])
def test_without_gates_the_main_path_is_left(attention):
    gated = InvertedResidualStage(6, 6, 2, attention=attention).graph()
    plain = InvertedResidualStage(6, 6, 2).graph()
    left = [op for op in without_gates(gated).ops if not isinstance(op, Multiply)]
    assert [(type(op), op.channels) for op in left] == [(type(o), o.channels) for o in plain.ops]
    factors = [op for op in without_gates(gated).ops if isinstance(op, Multiply)]
    assert len(factors) == 2 * attention
    assert all(len(op.sources) == 1 for op in factors)


def test_shortcuts_are_no_branches():
    assert branches_of(BottleneckStage(8, 8, 4, 2).graph()) == {}


def test_a_sum_of_linear_convolutions_of_two_values_stays():
    first: Block = BottleneckStage(8, 16, 4)  # projection and branch: of the input and of conv2
    assert branches_of(first.graph()) == {}


@dataclass(frozen=True)
class Deployed(Block):
    """RepVGG blocks as convolutions."""

    in_channels: int
    out_channels: int
    num_blocks: int

    def graph(self):
        return merged(RepVGGStage(self.in_channels, self.out_channels, self.num_blocks).graph())


def test_measures_of_merged_branches_are_those_of_the_deployed_module():
    genotype = Genotype((Deployed(6, 8, 2),), 6)
    module = GraphBlock(RepVGGStage(6, 8, 2), None, dict(type='BN'), deploy=True)
    assert [type(op) for op in genotype.blocks[0].graph().ops] == [Input] + [BiasedConv, Act] * 2
    assert measures.params(genotype) == parameter_count(module)['']
    analysis = FlopAnalyzer(module, torch.randn(1, 6, 9, 9))
    assert measures.macs(genotype, 9) == analysis.by_operator()['conv']
    assert measures.layers(genotype) == 2
    original = Genotype((RepVGGStage(6, 8, 2),), 6)
    entropies = [measures.bottleneck_entropy(g, 9) for g in (genotype, original)]
    assert entropies[0] == entropies[1]
