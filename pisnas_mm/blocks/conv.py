"""A single convolution."""

from dataclasses import dataclass

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class ConvBNAct(Block):
    """k×k convolution, batch norm, activation: stems and the strided layers of YOLO backbones."""

    in_channels: int
    out_channels: Width
    kernel_size: int = 3
    stride: int = 1
    act: str = 'relu'

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        g.conv('conv', g.input, self.out_channels, self.kernel_size, self.stride)
        return g
