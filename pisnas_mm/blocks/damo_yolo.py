"""What DAMO-YOLO builds its backbones of (Xu et al., 2022, in three forms of one text).

Its training form has a 1×1 beside every residual block's last convolution, as RepVGG has, which
deployment merges; here it is that one convolution.
"""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

from pisnas_mm.blocks.basic import BasicStage
from pisnas_mm.blocks.block import Block, CellStage, check_field
from pisnas_mm.blocks.fields import Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.registry import BLOCKS

_EXPANSION = 2.5


@BLOCKS.register_module()
@dataclass(frozen=True)
class ResConvStage(BasicStage):
    """A ``BasicStage`` whose first block has no shortcut where it has the stride."""

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        if stride == 1:
            return super().cell(g, x, i, stride)
        y = g.conv(f'{i}.conv1', x, self.mid_channels, 1 if self.pointwise else self.kernel_size)
        return g.conv(f'{i}.conv2', y, self.out_channels, self.kernel_size, stride)


@BLOCKS.register_module()
@dataclass(frozen=True)
class PointwiseResConvStage(ResConvStage):
    """A ``ResConvStage`` of blocks 1×1 – k×k: DAMO-YOLO's T and S."""

    pointwise: ClassVar[bool] = True


@BLOCKS.register_module()
@dataclass(frozen=True)
class ResConvCSP(Block):
    """Two 1×1 to half the width, ``num_blocks`` residual k×k – k×k on one, concat, 1×1.

    DAMO-YOLO's M and L, after a strided convolution each. All activations are the same one; theirs
    are ReLU around the inner blocks. ``mid_channels`` of 0 are half of ``out_channels``.
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth = 0
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    act: str = 'silu'

    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def __post_init__(self) -> None:
        if self.mid_channels == 0:
            check_field(self, 'out_channels')
            object.__setattr__(self, 'mid_channels', self.out_channels // 2)
        super().__post_init__()

    def graph(self) -> Graph:
        hidden = self.out_channels // 2
        g = Graph(self.in_channels, self.act)
        short = g.conv('short', g.input, hidden, 1)
        x = g.conv('main', g.input, hidden, 1)
        for i in range(self.num_blocks):
            y = g.conv(f'blocks.{i}.conv1', x, self.mid_channels, self.kernel_size)
            y = g.conv(f'blocks.{i}.conv2', y, hidden, self.kernel_size, linear=True)
            x = g.activation(g.add(x, y))
        g.conv('final', g.concat([x, short]), self.out_channels, 1)
        return g


@BLOCKS.register_module()
@dataclass(frozen=True)
class MobileStage(CellStage):
    """``num_blocks`` blocks 1×1, depthwise k×k, linear 1×1, as wide inside as is said.

    An ``InvertedResidualStage`` whose inner width follows the output, as in DAMO-YOLO's nano ones.
    ``mid_channels`` of 0 are 2.5 times ``out_channels``, rounded up.
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth = 0
    num_blocks: Depth = 1
    kernel_size: Kernel = 5
    stride: int = 1
    act: str = 'silu'

    def __post_init__(self) -> None:
        if self.mid_channels == 0:
            check_field(self, 'out_channels')
            object.__setattr__(self, 'mid_channels', ceil(_EXPANSION * self.out_channels))
        super().__post_init__()

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        in_channels = g.ops[x].channels
        y = g.conv(f'{i}.expand', x, self.mid_channels, 1)
        y = g.depthwise(f'{i}.depthwise', y, self.kernel_size, stride)
        y = g.conv(f'{i}.reduce', y, self.out_channels, 1, linear=True)
        return g.add(x, y) if stride == 1 and in_channels == self.out_channels else y
