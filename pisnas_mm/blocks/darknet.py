"""A stage of Darknet-53, the backbone of YOLOv3 (Redmon and Farhadi, 2018)."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.fields import Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class DarknetStage(CellStage):
    """A k×k with the stride, then ``num_blocks`` residual 1×1 to half the width – k×k.

    The activation comes before the sum with the shortcut, and not after it. Where neither stride
    nor width changes, there is no k×k before the residual blocks.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'silu'

    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def enter(self, g: Graph, x: Value) -> Value:
        if self.stride == 1 and self.in_channels == self.out_channels:
            return x
        return g.conv('downsample', x, self.out_channels, self.kernel_size, self.stride)

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        y = g.conv(f'{i}.conv1', x, self.out_channels // 2, 1)
        return g.add(x, g.conv(f'{i}.conv2', y, self.out_channels, self.kernel_size))
