"""Size and cost of an architecture: params, multiply-adds, layers.

MACs are those of convolutions only, one multiply-add being one: MMEngine's count of the operator
`conv`. (Its total adds two for every element that a batch norm gives.)
"""

from collections.abc import Callable
from operator import getitem
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.block import Block, ops_of
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.blocks.widths import by_widths
from pisnas_mm.utils.memories import Memory, at_second


def params(genotype: Genotype) -> int:
    """Learnable numbers: weights, the affine pairs of batch norms, and the biases of gates."""
    return sum(map(_block_params.of, genotype.blocks))


def macs(genotype: Genotype, image_size: int) -> int:
    """Multiply-adds of all convolutions, gates' too, for one image of ``image_size``² pixels."""
    return sum(map(getitem, map(_block_macs.of, genotype.sides(image_size)), genotype.blocks))


def layers(genotype: Genotype) -> int:
    """Convolutions on the main path; projection shortcuts are not counted."""
    return sum(map(block_layers.of, genotype.blocks))


@Memory
@by_widths
def _block_params(block: Block) -> int:
    return sum([times * PARAMS[type(op)](op) for graph, times in block.cells() for op in graph.ops])


@at_second
@by_widths
def _block_macs(block: Block, side: int) -> int:
    return sum([times * MACS[type(op)](op, out) for op, times, out in ops_of(block, side)])


@Memory
@by_widths
def block_layers(block: Block) -> int:
    """A block's convolutions on the main path."""
    return sum([times * len(layers_of(graph)) for graph, times in block.cells()])


def layers_of(graph: Graph) -> list[ops.Conv]:
    """The convolutions on a graph's main path, in order."""
    return [conv for op in graph.ops if (conv := LAYERS[type(op)](op))]


def _none(op: ops.Op, side: int = 0) -> int:
    return 0


def _conv_macs(conv: ops.Conv, side: int) -> int:
    return conv.fan_in * conv.channels * side**2


def _counted(conv: ops.Conv) -> ops.Conv | None:
    return conv if conv.released.counted else None


def _no_layer(op: ops.Op) -> None:
    return None


PARAMS: Walk[Callable[[Any], int]] = Walk(
    'the count of params',
    {
        **dict.fromkeys(ops.WEIGHTLESS, _none),
        ops.Conv: lambda conv: (conv.fan_in + 2) * conv.channels,
        ops.BiasedConv: lambda conv: (conv.fan_in + 1) * conv.channels,
        ops.Norm: lambda norm: 2 * norm.channels,
        ops.Dense: lambda dense: (dense.in_channels + 1) * dense.channels,
    },
)
# Of an operation and the side of its output.
MACS: Walk[Callable[[Any, int], int]] = Walk(
    'the count of MACs',
    {
        **dict.fromkeys((*ops.WEIGHTLESS, ops.Norm), _none),
        ops.Conv: _conv_macs,
        ops.BiasedConv: _conv_macs,
        ops.Dense: lambda dense, side: dense.in_channels * dense.channels * side**2,
    },
)
# The convolution that an operation is, if it is a layer of the main path.
LAYERS: Walk[Callable[[Any], ops.Conv | None]] = Walk(
    'the count of layers',
    {
        **dict.fromkeys((*ops.WEIGHTLESS, ops.Norm, ops.Dense), _no_layer),
        ops.Conv: _counted,
        ops.BiasedConv: _counted,
    },
)
