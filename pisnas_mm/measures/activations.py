"""How many activations a backbone has: outputs of its nonlinearities, for one image.

With ReLU, NASWOT (Mellor et al., ICML 2021) is close to the logarithm of it: on the 88 backbones of
YOLOBench both order them alike (docs/results.md). It costs microseconds.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block, cell_sides_of
from pisnas_mm.blocks.graph import (
    Act,
    Add,
    BiasedConv,
    Chunk,
    Concat,
    Conv,
    Dense,
    GlobalAvgPool,
    Graph,
    Input,
    MaxPool,
    Multiply,
    Norm,
    Op,
    SpaceToDepth,
)
from pisnas_mm.blocks.walk import Walk

_MANY = 1 << 16


def activations(genotype: Genotype, image_size: int) -> int:
    """Outputs of the main path's activations, for one image of ``image_size``² pixels."""
    return sum(map(_block_activations, genotype.blocks, genotype.sides(image_size)))


@lru_cache(_MANY)
def _block_activations(block: Block, side: int) -> int:
    return sum([times * _activations(graph, at) for graph, times, at in cell_sides_of(block, side)])


@lru_cache(_MANY)
def _activations(graph: Graph, side: int) -> int:
    sides = graph.sides(side)
    return sum([ACTIVATIONS[type(op)](op, out) for op, out in zip(graph.ops, sides, strict=True)])


def _none(op: Op, side: int) -> int:
    return 0


def _of_all(op: Op, side: int) -> int:
    return op.channels * side**2


def _if_any(conv: Conv, side: int) -> int:
    return conv.channels * side**2 if conv.act else 0


_NOT_COUNTED = (
    Input,
    Add,
    Norm,
    MaxPool,
    GlobalAvgPool,
    Dense,  # of a gate, which is not on the main path
    Multiply,
    SpaceToDepth,
    Concat,
    Chunk,
)
# Of an operation and the side of its output.
ACTIVATIONS: Walk[Callable[[Any, int], int]] = Walk(
    'the count of activations',
    {
        **dict.fromkeys(_NOT_COUNTED, _none),
        Conv: _if_any,
        BiasedConv: _if_any,
        Act: _of_all,
    },
)
