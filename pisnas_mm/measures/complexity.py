"""Size and cost of an architecture: params, multiply-adds, layers.

MACs are those of convolutions only, one multiply-add being one: MMEngine's count of the operator
`conv`. (Its total adds two for every element that a batch norm gives.)
"""

from functools import lru_cache

from pisnas_mm.blocks.block import Block, conv_sides_of, convs_of
from pisnas_mm.genotype import Genotype

_MANY = 1 << 16


def params(genotype: Genotype) -> int:
    """Learnable numbers: convolution weights (no biases) and the affine pairs of batch norms."""
    return sum(map(_block_params, genotype.blocks))


def macs(genotype: Genotype, image_size: int) -> int:
    """Multiply-adds of all convolutions for one image of ``image_size``² pixels."""
    total, side = 0, image_size
    for block in genotype.blocks:
        total += _block_macs(block, side)
        side = -(-side // block.stride)
    return total


def layers(genotype: Genotype) -> int:
    """Convolutions on the main path; projection shortcuts are not counted."""
    return sum(map(_block_layers, genotype.blocks))


@lru_cache(_MANY)
def _block_params(block: Block) -> int:
    return sum(
        times * (conv.in_channels * conv.channels * conv.kernel_size**2 + 2 * conv.channels)
        for conv, times in convs_of(block)
    )


@lru_cache(_MANY)
def _block_macs(block: Block, side: int) -> int:
    return sum(
        times * conv.in_channels * conv.channels * conv.kernel_size**2 * out_side**2
        for conv, out_side, times in conv_sides_of(block, side)
    )


@lru_cache(_MANY)
def _block_layers(block: Block) -> int:
    return sum(times * conv.released.counted for conv, times in convs_of(block))
