"""YOLOv7's aggregations of layers: chains of convolutions whose outputs are put side by side."""

from dataclasses import dataclass

from pisnas_mm.blocks.block import Block, check_field
from pisnas_mm.blocks.fields import Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class ELAN(Block):
    """Two 1×1, ``num_blocks`` pairs of k×k in a chain after one, concat of all ends, 1×1.

    Efficient layer aggregation network (YOLOv7; Wang et al., CVPR 2023): what is put side by side
    are the last pair's output, ..., the first pair's, and both 1×1. YOLOv7 has two pairs, YOLOv7-X
    three; neither has shortcuts.

    ``mid_channels``, the width of all but the output, of 0 are a quarter of ``out_channels``, as in
    YOLOv7's backbone (but for its last stage).
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth = 0
    num_blocks: Depth = 2
    kernel_size: Kernel = 3
    act: str = 'silu'

    def __post_init__(self) -> None:
        if self.mid_channels == 0:
            check_field(self, 'out_channels')
            object.__setattr__(self, 'mid_channels', max(1, self.out_channels // 4))
        super().__post_init__()

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        ends = [g.conv(name, g.input, self.mid_channels, 1) for name in ('short', 'main')]
        for i in range(self.num_blocks):
            x = g.conv(f'blocks.{i}.conv1', ends[-1], self.mid_channels, self.kernel_size)
            ends.append(g.conv(f'blocks.{i}.conv2', x, self.mid_channels, self.kernel_size))
        g.conv('final', g.concat(ends[::-1]), self.out_channels, 1)
        return g


@BLOCKS.register_module()
@dataclass(frozen=True)
class ELANW(Block):
    """Two 1×1, ``num_blocks`` k×k in a chain after one, concat of all of them, 1×1.

    YOLOv7's neck has it with four k×k, and 1×1 that are twice (``expansion``) as wide as they;
    YOLOv7-tiny, which is made of nothing else, with two and 1×1 of the same width. At a stride of 2
    a 2×2 max-pool comes first, as between tiny's stages.

    ``mid_channels``, the width of the chain, of 0 are half of ``out_channels``.
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth = 0
    num_blocks: Depth = 2
    kernel_size: Kernel = 3
    expansion: int = 1
    stride: int = 1
    act: str = 'silu'

    def __post_init__(self) -> None:
        if self.mid_channels == 0:
            check_field(self, 'out_channels')
            object.__setattr__(self, 'mid_channels', max(1, self.out_channels // 2))
        super().__post_init__()

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.max_pool_2x2(g.input) if self.stride == 2 else g.input
        wide = self.mid_channels * self.expansion
        ends = [g.conv(name, x, wide, 1) for name in ('short', 'main')]
        for i in range(self.num_blocks):
            ends.append(g.conv(f'blocks.{i}', ends[-1], self.mid_channels, self.kernel_size))
        g.conv('final', g.concat(ends[::-1]), self.out_channels, 1)
        return g
