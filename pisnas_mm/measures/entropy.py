"""Bottleneck entropy: how much information the narrowest convolution lets through.

Source: PIS-NAS, "Bottleneck Entropy". The print and the released code differ; both are here.
"""

from functools import lru_cache
from math import e, log, pi
from typing import Literal, get_args

from pisnas_mm.blocks.block import Block, conv_sides_of
from pisnas_mm.genotype import Genotype

Convention = Literal['released', 'paper']


def check_convention(convention: str) -> None:
    """Raise ValueError unless there is such a convention."""
    if convention not in get_args(Convention):
        raise ValueError(
            f'convention should be one of {get_args(Convention)}, but got {convention!r}'
        )


def bottleneck_entropy(
    genotype: Genotype, image_size: int, convention: Convention = 'released'
) -> float:
    """H_btn = min over convolutions of H_conv + H_img, in nats.

    Args:
        genotype: The architecture.
        image_size: Side of the square input, in pixels.
        convention: ``'released'`` (budgets and figures of the paper are in it):
            ½ ln(c_in · k² · c_out · r²), r the output's side, with the released code's own choice
            of kernels and sides (see ``blocks.graph.Released``). ``'paper'``: the printed
            ½ ln(2πe · c_in · k²) + ½ ln(2πe · r⁴) at unit variance and exact kernels.

    Raises:
        ValueError: The convention is none of these.
    """
    check_convention(convention)
    least, side = None, image_size
    for block in genotype.blocks:
        volume = _block_volume(block, side, convention)
        least = volume if least is None else min(least, volume)
        side = -(-side // block.stride)
    assert least is not None, 'a genotype has blocks and a block has convolutions'
    entropy = 0.5 * log(least)
    return entropy if convention == 'released' else entropy + log(2 * pi * e)


@lru_cache(1 << 16)
def _block_volume(block: Block, side: int, convention: Convention) -> int:
    """The least exp(2H) among a block's convolutions, a whole number in both conventions."""
    convs = conv_sides_of(block, side)
    if convention == 'paper':
        return min(conv.in_channels * conv.kernel_size**2 * out**4 for conv, out, _ in convs)
    return min(
        conv.in_channels
        * (conv.released.kernel_size or conv.kernel_size) ** 2
        * conv.channels
        * (side if conv.released.at_input_side else out) ** 2
        for conv, out, _ in convs
        if conv.released.counted
    )
