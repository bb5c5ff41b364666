"""A run of residual bottleneck blocks (He et al., CVPR 2016), as TinyNAS arranges them."""

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
from pisnas_mm.blocks.fields import Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released, Value
from pisnas_mm.registry import BLOCKS

_PROJECTION = Released(counted=False)
_FIRST = Released()
_INNER = Released(at_input_side=True)


@BLOCKS.register_module()
@dataclass(frozen=True)
class BottleneckStage(Block):
    """``num_blocks`` residual blocks 1×1 – k×k – 1×1; the first one carries the stride.

    The first block's shortcut is a strided 1×1 projection, the others have identity shortcuts. (The
    published TinyNAS code pools before it projects; the receptive radii that the PIS-NAS authors'
    code gives are those of this one, see docs/method.md.)
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'relu'

    def __post_init__(self) -> None:
        check_positive(self, 'in_channels', 'out_channels', 'mid_channels', 'num_blocks')
        check_kernel(self)
        check_choice(self, 'stride', (1, 2))
        check_choice(self, 'act', ACTIVATIONS)

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.input
        for i in range(self.num_blocks):
            stride = self.stride if i == 0 else 1
            x = _residual_block(
                g, x, i, self.out_channels, self.mid_channels, self.kernel_size, stride
            )
        return g

    def cells(self) -> list[Cell]:
        widths, others = (self.out_channels, self.mid_channels), (self.kernel_size, self.act)
        first = _cell(0, self.in_channels, *widths, *others, self.stride)
        inner = _cell(1, self.out_channels, *widths, *others, 1)
        return [Cell(first, 1), Cell(inner, self.num_blocks - 1)][: self.num_blocks]


@lru_cache(1 << 16)
def _cell(
    i: int,
    in_channels: int,
    out_channels: int,
    mid_channels: int,
    kernel_size: int,
    act: str,
    stride: int,
) -> Graph:
    g = Graph(in_channels, act)
    _residual_block(g, g.input, i, out_channels, mid_channels, kernel_size, stride)
    return g


def _residual_block(
    g: Graph,
    x: Value,
    i: int,
    out_channels: int,
    mid_channels: int,
    kernel_size: int,
    stride: int,
) -> Value:
    shortcut = x
    if i == 0:
        shortcut = g.conv(
            '0.shortcut', x, out_channels, 1, stride, linear=True, released=_PROJECTION
        )
    plain = _INNER if i else _FIRST
    last = Released(kernel_size=kernel_size, at_input_side=i > 0)
    y = g.conv(f'{i}.conv1', x, mid_channels, 1, released=plain)
    y = g.conv(f'{i}.conv2', y, mid_channels, kernel_size, stride, released=plain)
    y = g.conv(f'{i}.conv3', y, out_channels, 1, linear=True, released=last)
    return g.activation(g.add(shortcut, y))
