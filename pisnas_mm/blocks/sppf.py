"""YOLOv8's spatial pyramid pooling, which ends its backbones."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class SPPF(Block):
    """1×1 to half the channels, three k×k max-pools in a row, concat of all four, 1×1.

    Searches run without it, as the authors' do; ``PISBackbone.append`` puts it on for training.
    """

    in_channels: int
    out_channels: Width
    kernel_size: int = 5
    act: str = 'silu'

    halved: ClassVar[tuple[str, ...]] = ('in_channels',)

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        parts = [g.conv('main', g.input, self.in_channels // 2, 1)]
        for _ in range(3):
            parts.append(g.max_pool(parts[-1], self.kernel_size))
        g.conv('final', g.concat(parts), self.out_channels, 1)
        return g
