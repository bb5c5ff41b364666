"""YOLOv5's and YOLOX's cross-stage partial block, and YOLOv4's, which has one convolution more."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class C3(Block):
    """Two 1×1 to half the width, ``num_blocks`` residual 1×1 – k×k on one, concat, 1×1.

    CSPNet (Wang et al., CVPRW 2020) as YOLOv5 and YOLOX (Ge et al., 2021) have it; MMDetection
    calls it ``CSPLayer``. The activation comes before the sum with the shortcut, and not after it.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    act: str = 'silu'

    shortcut: ClassVar[bool] = True
    transition: ClassVar[bool] = False  # whether a 1×1 follows the inner blocks

    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def graph(self) -> Graph:
        hidden = self.out_channels // 2
        g = Graph(self.in_channels, self.act)
        x = g.conv('main', g.input, hidden, 1)
        short = g.conv('short', g.input, hidden, 1)
        for i in range(self.num_blocks):
            y = g.conv(f'blocks.{i}.conv1', x, hidden, 1)
            y = g.conv(f'blocks.{i}.conv2', y, hidden, self.kernel_size)
            x = g.add(x, y) if self.shortcut else y
        if self.transition:
            x = g.conv('transition', x, hidden, 1)
        g.conv('final', g.concat([x, short]), self.out_channels, 1)
        return g


@BLOCKS.register_module()
@dataclass(frozen=True)
class PlainC3(C3):
    """C3 without its shortcuts, as in YOLOv5's neck."""

    shortcut: ClassVar[bool] = False


@BLOCKS.register_module()
@dataclass(frozen=True)
class BottleneckCSP(C3):
    """A C3 with a further 1×1 behind its inner blocks, as in YOLOv4 and YOLOv5's first releases.

    They have one batch norm and activation on the concatenation of two bare convolutions. Both act
    on every channel by itself, so here each of the two convolutions has its own.
    """

    transition: ClassVar[bool] = True
