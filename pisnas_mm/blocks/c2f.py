"""YOLOv8's cross-stage block with two convolutions and a concatenation of every inner output."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released
from pisnas_mm.registry import BLOCKS

_SECOND = Released(repeats=True)


@BLOCKS.register_module()
@dataclass(frozen=True)
class C2f(Block):
    """1×1 to twice half the width, split, ``num_blocks`` residual pairs of k×k, concat, 1×1."""

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    act: str = 'silu'

    shortcut: ClassVar[bool] = True

    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def graph(self) -> Graph:
        hidden = self.out_channels // 2
        g = Graph(self.in_channels, self.act)
        parts = g.chunk(g.conv('main', g.input, 2 * hidden, 1), 2)
        for i in range(self.num_blocks):
            x = g.conv(f'blocks.{i}.conv1', parts[-1], hidden, self.kernel_size)
            x = g.conv(f'blocks.{i}.conv2', x, hidden, self.kernel_size, released=_SECOND)
            parts.append(g.add(parts[-1], x) if self.shortcut else x)
        last = Released(kernel_size=self.kernel_size)
        g.conv('final', g.concat(parts), self.out_channels, 1, released=last)
        return g


@BLOCKS.register_module()
@dataclass(frozen=True)
class PlainC2f(C2f):
    """C2f without its shortcuts, as in YOLOv8's neck.

    A type of its own and no field, so that a C2f stands in configs as it always has.
    """

    shortcut: ClassVar[bool] = False
