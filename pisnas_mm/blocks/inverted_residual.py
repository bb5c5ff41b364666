"""A run of inverted residual blocks: MobileNetV2, MobileNetV3 and EfficientNet are made of them.

Sources: MobileNetV2 (Sandler et al., CVPR 2018); the gate is MobileNetV3's (Howard et al., ICCV
2019), after squeeze-and-excitation (Hu et al., CVPR 2018).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.fields import Choice, Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.registry import BLOCKS

_SQUEEZE = 4  # the gate's inner width is this part of the middle one


@BLOCKS.register_module()
@dataclass(frozen=True)
class InvertedResidualStage(CellStage):
    """``num_blocks`` blocks 1×1 to ``expansion`` times the width, depthwise k×k, linear 1×1.

    The first block carries the stride. A block of stride 1 and equal widths has a shortcut, with no
    activation after it; with an expansion of 1 it has no first 1×1. ``attention`` puts a
    squeeze-and-excitation gate (a quarter of the middle width, hard sigmoid) after the depthwise
    convolution.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    expansion: Annotated[int, Choice(2, 3, 4, 6)] = 6
    kernel_size: Kernel = 3
    stride: int = 1
    attention: Annotated[bool, Choice(False, True)] = False
    act: str = 'relu'

    choices: ClassVar[Mapping[str, tuple[object, ...]]] = {'attention': (False, True)}

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        in_channels = g.ops[x].channels
        mid_channels = self.expansion * in_channels
        y = g.conv(f'{i}.expand', x, mid_channels, 1) if self.expansion > 1 else x
        y = g.depthwise(f'{i}.depthwise', y, self.kernel_size, stride)
        if self.attention:
            squeezed = max(1, mid_channels // _SQUEEZE)
            gate = g.dense(f'{i}.squeeze', g.global_avg_pool(y), squeezed, 'relu')
            y = g.multiply(y, g.dense(f'{i}.excite', gate, mid_channels, 'hardsigmoid'))
        y = g.conv(f'{i}.reduce', y, self.out_channels, 1, linear=True)
        return g.add(x, y) if stride == 1 and in_channels == self.out_channels else y
