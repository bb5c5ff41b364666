"""Bottleneck entropy: how much information the narrowest convolution lets through.

Source: PIS-NAS, "Bottleneck Entropy". The print and the released code differ; both are here.
"""

from collections.abc import Callable
from functools import partial
from math import e, inf, log, pi
from operator import getitem
from typing import Any, Literal, get_args

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.block import Block, ops_of
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.blocks.widths import by_widths
from pisnas_mm.checks import shown
from pisnas_mm.utils.memories import Memory, at_second

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
    known = map(_block_volume[convention].of, genotype.sides(image_size))
    entropy = 0.5 * log(min(map(getitem, known, genotype.blocks)))
    return entropy if convention == 'released' else entropy + log(2 * pi * e)


@Memory
def _block_volume(convention: Convention) -> Memory[int, Memory[Block, float]]:
    """By side and block the least exp(2H) among its convolutions, a whole number."""
    check_convention(convention)
    volumes = by_widths(partial(_volumes, convention=convention))
    return at_second(lambda block, side: min(volumes(block, side)))


def _volumes(block: Block, side: int, convention: Convention) -> list[float]:
    return [
        VOLUMES[type(op)](op, out, side, convention)
        for op, times, out in ops_of(block, side)
        if times
    ]


def _unlimited(op: ops.Op, side: int, block_side: int, convention: Convention) -> float:
    return inf


def _conv_volume(conv: ops.Conv, side: int, block_side: int, convention: Convention) -> float:
    if convention == 'paper':
        return conv.fan_in * side**4
    if not conv.released.counted:
        return inf
    kernel_size = conv.released.kernel_size or conv.kernel_size
    at = block_side if conv.released.at_input_side else side
    return conv.in_channels // conv.groups * kernel_size**2 * conv.channels * at**2


# Of an operation, the side of its output, the side of its block's input, and the convention.
VOLUMES: Walk[Callable[[Any, int, int, Convention], float]] = Walk(
    'the bottleneck entropy',
    {
        ops.Conv: _conv_volume,
        ops.BiasedConv: _conv_volume,
        **dict.fromkeys((*ops.WEIGHTLESS, ops.Norm, ops.Dense), _unlimited),
    },
)
