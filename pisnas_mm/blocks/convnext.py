"""A run of ConvNeXt blocks (Liu et al., CVPR 2022), with batch norms."""

from dataclasses import dataclass
from typing import Annotated

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.fields import Choice, Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class ConvNeXtStage(CellStage):
    """``num_blocks`` blocks depthwise k×k, 1×1 to ``expansion`` times the width, linear 1×1.

    Each has a shortcut, with no activation after it. A 2×2 convolution of stride 2 comes first
    where the stage has that stride, or a 1×1 where only its width changes.

    The paper has one layer norm in a block, after the depthwise convolution, layer norms before the
    strided convolutions, biases, and a learnt scale at a branch's end. Here a batch norm follows
    every convolution and takes the place of all of them; the last one starts at zero in training
    (``zero_init_residual``), as the paper's scales nearly do.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    expansion: Annotated[int, Choice(2, 3, 4, 6)] = 4
    kernel_size: Kernel = 7
    stride: int = 1
    act: str = 'gelu'

    def enter(self, g: Graph, x: Value) -> Value:
        if self.stride == 1 and self.in_channels == self.out_channels:
            return x
        # Of 2×2 positions side by side, a 1×1 convolution is a 2×2 one of stride 2.
        x = g.space_to_depth(x) if self.stride == 2 else x
        return g.conv('downsample', x, self.out_channels, 1, linear=True)

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        channels = g.ops[x].channels
        y = g.depthwise(f'{i}.depthwise', x, self.kernel_size, linear=True)
        y = g.conv(f'{i}.expand', y, self.expansion * channels, 1)
        return g.add(x, g.conv(f'{i}.reduce', y, channels, 1, linear=True))
