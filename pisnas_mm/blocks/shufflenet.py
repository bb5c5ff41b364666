"""Runs of channel-shuffling blocks: ShuffleNetV2's, and those of DetNAS, its Xception-like one too.

Sources: ShuffleNetV2 (Ma et al., ECCV 2018); DetNAS (Chen et al., NeurIPS 2019), whose every block
is one of these with a 3×3, 5×5 or 7×7 kernel, or the Xception-like one.
"""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.fields import Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class ShuffleNetStage(CellStage):
    """``num_blocks`` blocks: one half of the channels stays, the other goes 1×1 – k×k – 1×1.

    The k×k is depthwise and has no activation. Every second channel is the half that stays, so that
    halves mix from block to block.

    A first block that changes the shape takes the whole input to both branches. It has a k×k and a
    1×1 beside the others, which keep as many channels as there are, as in DetNAS, if the output has
    more than that, and else give half of it.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'relu'

    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        in_channels, channels = g.ops[x].channels, self.out_channels
        if stride == 1 and in_channels == channels:
            short, x = g.chunk(g.channel_shuffle(x, channels // 2), 2)
        else:
            kept = in_channels if in_channels < channels else channels // 2
            short = g.depthwise(f'{i}.short.depthwise', x, self.kernel_size, stride, linear=True)
            short = g.conv(f'{i}.short.pointwise', short, kept, 1)
        y = self.branch(g, x, i, stride, channels - g.ops[short].channels)
        return g.concat([short, y])

    def branch(self, g: Graph, x: Value, i: int, stride: int, out_channels: int) -> Value:
        """Draw the branch that computes something."""
        y = g.conv(f'{i}.conv1', x, self.out_channels // 2, 1)
        y = g.depthwise(f'{i}.depthwise', y, self.kernel_size, stride, linear=True)
        return g.conv(f'{i}.conv2', y, out_channels, 1)


@BLOCKS.register_module()
@dataclass(frozen=True)
class ShuffleXceptionStage(ShuffleNetStage):
    """The same with three depthwise k×k, each with a 1×1 behind it: DetNAS's Xception-like block.

    The first of them has the stride; the inner width is half of the output's, as in all of these.
    """

    def branch(self, g: Graph, x: Value, i: int, stride: int, out_channels: int) -> Value:
        inner = self.out_channels // 2
        for j, width in enumerate((inner, inner, out_channels), start=1):
            y = g.depthwise(
                f'{i}.depthwise{j}', x, self.kernel_size, 1 if j > 1 else stride, linear=True
            )
            x = g.conv(f'{i}.conv{j}', y, width, 1)
        return x
