"""Bottleneck entropy: how much information the narrowest convolution lets through.

Source: PIS-NAS, "Bottleneck Entropy". The print and the released code differ; both are here.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import repeat
from math import e, inf, log, pi
from typing import Any, Literal, get_args

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
    MaxPool2x2,
    Multiply,
    Norm,
    Op,
    SpaceToDepth,
)
from pisnas_mm.blocks.walk import Walk

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
def _block_volume(block: Block, side: int, convention: Convention) -> float:
    """The least exp(2H) among a block's convolutions, a whole number in both conventions."""
    return min(
        [
            _volume(graph, at, side, convention)
            for graph, times, at in cell_sides_of(block, side)
            if times
        ]
    )


@lru_cache(1 << 16)
def _volume(graph: Graph, side: int, block_side: int, convention: Convention) -> float:
    check_convention(convention)
    sides = zip(graph.ops, graph.sides(side), strict=True)
    return min([VOLUMES[type(op)](op, out, block_side, convention) for op, out in sides])


def _unlimited(op: Op, side: int, block_side: int, convention: Convention) -> float:
    return inf


def _conv_volume(conv: Conv, side: int, block_side: int, convention: Convention) -> float:
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
        Conv: _conv_volume,
        BiasedConv: _conv_volume,
        **dict.fromkeys((Input, Norm, Act, Add, Concat, Chunk, SpaceToDepth), _unlimited),
        **dict.fromkeys((MaxPool, MaxPool2x2, GlobalAvgPool, Dense, Multiply), _unlimited),
    },
)
