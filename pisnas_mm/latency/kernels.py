"""What a device runs: each operation of a graph as a kernel, and the widths it runs at.

A kernel is all that an operation's time depends on besides widths. It is what a latency table is
asked for, as in once-for-all (Cai et al., ICLR 2020) and nn-Meter (Zhang et al., MobiSys 2021).
"""

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.block import Block, cell_sides_of
from pisnas_mm.blocks.rewriting import merged
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.blocks.widths import by_widths

Widths = tuple[int, ...]
"""Channels in and out of what mixes them, and of the rest those it gives."""


class Kernel(NamedTuple):
    """An operation apart from its widths, such as ``conv3/2 silu``, at the side of its input."""

    name: str
    side: int

    def __str__(self) -> str:
        return f'{self.name} @{self.side}'

    @property
    def kind(self) -> str:
        """Of kernels that a table corrects alike."""
        if self.name.startswith('conv'):
            return 'pointwise' if self.name.startswith('conv1/1') else 'conv'
        return 'depthwise' if self.name.startswith('depthwise') else 'other'


class Call(NamedTuple):
    """A kernel with widths, how often it comes in a row, and the operation that it was read off."""

    kernel: Kernel
    widths: Widths
    times: int
    op: ops.Op


def calls(genotype: Genotype, image_size: int) -> list[Call]:
    """All that a deployed backbone runs on an image of ``image_size``² pixels."""
    found = map(block_calls, genotype.blocks, genotype.sides(image_size))
    return [call for of_block in found for call in of_block]


def block_calls(block: Block, side: int) -> list[Call]:
    """All that a block runs, in its deployed form, on an input of ``side``²."""
    found = []
    for graph, times, at in cell_sides_of(block, side):
        graph = merged(graph)
        sides = graph.sides(at)
        for op in graph.ops:
            if named := KERNELS[type(op)](op):
                name, widths = named
                found.append(Call(Kernel(name, sides[op.sources[0]]), widths, times, op))
    return found


@by_widths
def kernels_of(block: Block, side: int) -> list[tuple[str, int, Widths, int]]:
    """Kernels' names and sides, their widths, and how often they come, as in ``block_calls``."""
    return [(*kernel, widths, times) for kernel, widths, times, _ in block_calls(block, side)]


def work(widths: Widths) -> int:
    """What a kernel's time grows in proportion to, far from where it was measured."""
    return prod(widths)


def _conv(op: ops.Conv) -> tuple[str, Widths]:
    how = f'{op.kernel_size}/{op.stride} {op.act or "linear"}'
    if op.groups == op.in_channels == op.channels:
        return f'depthwise{how}', (op.channels,)
    grouped = f' in {op.groups} groups' if op.groups > 1 else ''
    return f'conv{how}{grouped}', (op.in_channels, op.channels)


def _named(name: str) -> Callable[[ops.Op], tuple[str, Widths]]:
    return lambda op: (name, (op.channels,))


# The name and the widths of the kernel that an operation is, if it is one.
KERNELS: Walk[Callable[[Any], tuple[str, Widths] | None]] = Walk(
    'the latency',
    {
        ops.Input: lambda op: None,
        ops.Conv: _conv,
        ops.BiasedConv: _conv,
        ops.Norm: _named('norm'),
        ops.Act: lambda op: (op.act, (op.channels,)),
        ops.Add: _named('add'),
        ops.MaxPool: lambda op: (f'max pool {op.kernel_size}', (op.channels,)),
        ops.MaxPool2x2: _named('max pool 2x2'),
        ops.GlobalAvgPool: _named('mean'),
        ops.Dense: lambda op: (f'dense {op.act}', (op.in_channels, op.channels)),
        ops.Multiply: _named('multiply'),
        ops.SpaceToDepth: _named('space to depth'),
        ops.Concat: _named('concat'),
        ops.Chunk: _named('chunk'),
        ops.ChannelShuffle: lambda op: (f'shuffle {op.groups}', (op.channels,)),
    },
)
