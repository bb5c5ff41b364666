"""What halves the side between the stages of YOLOv7 (Wang et al., CVPR 2023)."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class MaxPoolTransition(Block):
    """Half of the width from a 2×2 max-pool and a 1×1, half from a 1×1 and a strided k×k."""

    in_channels: int
    out_channels: Width
    kernel_size: int = 3
    act: str = 'silu'

    stride = 2

    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def graph(self) -> Graph:
        half = self.out_channels // 2
        g = Graph(self.in_channels, self.act)
        pooled = g.conv('pooled', g.max_pool_2x2(g.input), half, 1)
        x = g.conv('main', g.input, half, 1)
        x = g.conv('strided', x, half, self.kernel_size, 2)
        g.concat([x, pooled])
        return g
