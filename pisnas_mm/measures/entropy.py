"""Bottleneck entropy: how much information the narrowest convolution lets through.

Source: PIS-NAS, "Bottleneck Entropy". The print and the released code differ; both are here.
"""

from functools import lru_cache
from itertools import repeat
from math import e, log, pi
from typing import Literal, get_args

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block, cell_sides_of
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.checks import shown

Convention = Literal['released', 'paper']


def check_convention(convention: str) -> None:
    """Raise ValueError unless there is such a convention."""
    if convention not in get_args(Convention):
        raise ValueError(
            f'convention should be one of {get_args(Convention)}, but got {shown(convention)}'
        )


def bottleneck_entropy(
    genotype: Genotype, image_size: int, convention: Convention = 'released'
) -> float:
    """H_btn = min over convolutions of H_conv + H_img, in nats.

    Args:
        genotype: The architecture.
        image_size: Side of the square input, in pixels.
        convention: ``'released'`` (budgets and figures of the paper are in it):
            ½ ln(c_in · k² · c_out · r²), c_in being a group's and r the output's side, with the
            released code's own choice of kernels and sides (see ``blocks.graph.Released``).
            ``'paper'``: the printed ½ ln(2πe · c_in · k²) + ½ ln(2πe · r⁴) at unit variance and
            exact kernels.

    Raises:
        ValueError: The convention is none of these.
    """
    volumes = map(_block_volume, genotype.blocks, genotype.sides(image_size), repeat(convention))
    entropy = 0.5 * log(min(volumes))
    return entropy if convention == 'released' else entropy + log(2 * pi * e)


@lru_cache(1 << 16)
def _block_volume(block: Block, side: int, convention: Convention) -> int:
    """The least exp(2H) among a block's convolutions, a whole number in both conventions."""
    return min(
        [
            _volume(graph, at, side, convention)
            for graph, times, at in cell_sides_of(block, side)
            if times
        ]
    )


@lru_cache(1 << 16)
def _volume(graph: Graph, side: int, block_side: int, convention: Convention) -> int:
    check_convention(convention)
    convs = graph.conv_sides(side)
    if convention == 'paper':
        return min(conv.fan_in * out**4 for conv, out in convs)
    return min(
        conv.in_channels
        // conv.groups
        * (conv.released.kernel_size or conv.kernel_size) ** 2
        * conv.channels
        * (block_side if conv.released.at_input_side else out) ** 2
        for conv, out in convs
        if conv.released.counted
    )
