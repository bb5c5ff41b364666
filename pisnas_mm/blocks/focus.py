"""The stem of YOLOv5's first releases and of YOLOX (Ge et al., 2021)."""

from dataclasses import dataclass

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class Focus(Block):
    """Every 2×2 positions side by side along the channels, then a k×k convolution; stride 2."""

    in_channels: int
    out_channels: Width
    kernel_size: int = 3
    act: str = 'silu'

    stride = 2

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        g.conv('conv', g.space_to_depth(g.input), self.out_channels, self.kernel_size)
        return g
