"""Runs of bottleneck blocks as ResNet has them, with the k×k in groups if asked: ResNeXt's."""

from dataclasses import dataclass

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.fields import Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released, Value
from pisnas_mm.registry import BLOCKS

_PROJECTION = Released(counted=False)


@BLOCKS.register_module()
@dataclass(frozen=True)
class ResNeXtStage(CellStage):
    """``num_blocks`` residual blocks 1×1 – grouped k×k – 1×1 (Xie et al., CVPR 2017).

    The first one carries the stride, and a 1×1 projects its shortcut where the shape changes, only
    there (unlike in a ``BottleneckStage``, which is TinyNAS's). With one group it is ResNet's. If
    ``groups`` do not divide the inner width, their greatest common divisor takes their place.
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    groups: int = 32
    act: str = 'relu'

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        channels, inner, shortcut = self.out_channels, self.mid_channels, x
        if stride > 1 or g.ops[x].channels != channels:
            name = f'{i}.shortcut'
            shortcut = g.conv(name, x, channels, 1, stride, linear=True, released=_PROJECTION)
        y = g.conv(f'{i}.conv1', x, inner, 1)
        groups = next(n for n in range(self.groups, 0, -1) if not (inner % n or self.groups % n))
        y = g.conv(f'{i}.conv2', y, inner, self.kernel_size, stride, groups=groups)
        y = g.conv(f'{i}.conv3', y, channels, 1, linear=True)
        return g.activation(g.add(shortcut, y))
