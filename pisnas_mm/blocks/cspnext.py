"""RTMDet's cross-stage block of large depthwise kernels (Lyu et al., 2022)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Choice, Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class CSPNeXtStage(Block):
    """Two 1×1 to half the width, ``num_blocks`` blocks on one of them, concat, attention, 1×1.

    A block is a 3×3 convolution, a depthwise k×k and a 1×1, with a shortcut around all three.
    ``attention`` multiplies the concatenation by one fully connected layer (hard sigmoid) of its
    mean over positions.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 5
    attention: Annotated[bool, Choice(False, True)] = True
    act: str = 'silu'

    choices: ClassVar[Mapping[str, tuple[object, ...]]] = {'attention': (False, True)}
    halved: ClassVar[tuple[str, ...]] = ('out_channels',)

    def graph(self) -> Graph:
        hidden = self.out_channels // 2
        g = Graph(self.in_channels, self.act)
        short = g.conv('short', g.input, hidden, 1)
        x = g.conv('main', g.input, hidden, 1)
        for i in range(self.num_blocks):
            y = g.conv(f'blocks.{i}.conv', x, hidden, 3)
            y = g.depthwise(f'blocks.{i}.depthwise', y, self.kernel_size)
            x = g.add(x, g.conv(f'blocks.{i}.pointwise', y, hidden, 1))
        x = g.concat([x, short])
        if self.attention:
            gate = g.dense('attention', g.global_avg_pool(x), 2 * hidden, 'hardsigmoid')
            x = g.multiply(x, gate)
        g.conv('final', x, self.out_channels, 1)
        return g
