"""Runs of RepVGG blocks: three branches in training, a single convolution once they are fused."""

from dataclasses import dataclass
from functools import lru_cache

from pisnas_mm.blocks.block import (
    ACTIVATIONS,
    Block,
    Cell,
    check_choice,
    check_kernel,
    check_positive,
)
from pisnas_mm.blocks.fields import Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released, Value
from pisnas_mm.registry import BLOCKS

_BESIDE = Released(counted=False)  # no layer of its own: fused, it is part of the k×k convolution


@BLOCKS.register_module()
@dataclass(frozen=True)
class RepVGGStage(Block):
    """``num_blocks`` sums of k×k, 1×1 and identity, all normalised (Ding et al., CVPR 2021).

    The first block has the stride, and an identity only where it keeps the shape. This is the form
    that is trained, and whose params and MACs are counted; ``pisnas_mm.models.fuse`` makes plain
    convolutions of it.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'relu'

    def __post_init__(self) -> None:
        check_positive(self, 'in_channels', 'out_channels', 'num_blocks')
        check_kernel(self)
        check_choice(self, 'stride', (1, 2))
        check_choice(self, 'act', ACTIVATIONS)

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.input
        for i in range(self.num_blocks):
            x = _branches(g, x, i, self.out_channels, self.kernel_size, 1 if i else self.stride)
        return g

    def cells(self) -> list[Cell]:
        sizes, act = (self.out_channels, self.kernel_size), self.act
        first = _cell(0, self.in_channels, act, *sizes, self.stride)
        inner = _cell(1, self.out_channels, act, *sizes, 1)
        return [Cell(first, 1), Cell(inner, self.num_blocks - 1)][: self.num_blocks]


@lru_cache(1 << 16)
def _cell(
    i: int, in_channels: int, act: str, out_channels: int, kernel_size: int, stride: int
) -> Graph:
    g = Graph(in_channels, act)
    _branches(g, g.input, i, out_channels, kernel_size, stride)
    return g


def _branches(
    g: Graph, x: Value, i: int, out_channels: int, kernel_size: int, stride: int
) -> Value:
    y = g.conv(f'{i}.conv', x, out_channels, kernel_size, stride, linear=True)
    pointwise = g.conv(f'{i}.pointwise', x, out_channels, 1, stride, linear=True, released=_BESIDE)
    y = g.add(pointwise, y)
    if stride == 1 and g.ops[x].channels == out_channels:
        y = g.add(g.norm(f'{i}.identity', x), y)
    return g.activation(y)
