"""Size and cost of an architecture: params, multiply-adds, layers.

MACs are those of convolutions only, one multiply-add being one: MMEngine's count of the operator
`conv`. (Its total adds two for every element that a batch norm gives.)
"""

from functools import lru_cache

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block, cell_sides_of, cells_of
from pisnas_mm.blocks.graph import Graph

_MANY = 1 << 16


def params(genotype: Genotype) -> int:
    """Learnable numbers: weights, the affine pairs of batch norms, and the biases of gates."""
    return sum(map(_block_params, genotype.blocks))


def macs(genotype: Genotype, image_size: int) -> int:
    """Multiply-adds of all convolutions, gates' too, for one image of ``image_size``² pixels."""
    return sum(map(_block_macs, genotype.blocks, genotype.sides(image_size)))


def layers(genotype: Genotype) -> int:
    """Convolutions on the main path; projection shortcuts are not counted."""
    return sum(map(_block_layers, genotype.blocks))


@lru_cache(_MANY)
def _block_params(block: Block) -> int:
    return sum([times * _params(graph) for graph, times in cells_of(block)])


@lru_cache(_MANY)
def _block_macs(block: Block, side: int) -> int:
    return sum([times * _macs(graph, at) for graph, times, at in cell_sides_of(block, side)])


@lru_cache(_MANY)
def _block_layers(block: Block) -> int:
    return sum([times * _layers(graph) for graph, times in cells_of(block)])


@lru_cache(_MANY)
def _params(graph: Graph) -> int:
    convs = sum([(conv.fan_in + 2) * conv.channels for conv in graph.convs()])
    norms = sum([2 * norm.channels for norm in graph.norms()])
    return convs + norms + sum([(gate.in_channels + 1) * gate.channels for gate in graph.gates()])


@lru_cache(_MANY)
def _macs(graph: Graph, side: int) -> int:
    sides = graph.conv_sides(side)
    convs = sum([conv.fan_in * conv.channels * out_side**2 for conv, out_side in sides])
    return convs + sum([gate.in_channels * gate.channels for gate in graph.gates()])


@lru_cache(_MANY)
def _layers(graph: Graph) -> int:
    return sum(conv.released.counted for conv in graph.convs())
