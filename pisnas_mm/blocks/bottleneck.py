"""A run of residual bottleneck blocks (He et al., CVPR 2016), as TinyNAS arranges them."""

from dataclasses import dataclass

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.fields import Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released, Value
from pisnas_mm.registry import BLOCKS

_PROJECTION = Released(counted=False)
_FIRST = Released()
_INNER = Released(at_input_side=True)


@BLOCKS.register_module()
@dataclass(frozen=True)
class BottleneckStage(CellStage):
    """``num_blocks`` residual blocks 1×1 – k×k – 1×1; the first one carries the stride.

    The first block's shortcut is a strided 1×1 projection, the others have identity shortcuts. (The
    published TinyNAS code pools before it projects; the receptive radii that the PIS-NAS authors'
    code gives are those of this one, see docs/method.md.)
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'relu'

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        channels, shortcut = self.out_channels, x
        if i == 0:
            name = '0.shortcut'
            shortcut = g.conv(name, x, channels, 1, stride, linear=True, released=_PROJECTION)
        plain = _INNER if i else _FIRST
        last = Released(kernel_size=self.kernel_size, at_input_side=i > 0)
        y = g.conv(f'{i}.conv1', x, self.mid_channels, 1, released=plain)
        y = g.conv(f'{i}.conv2', y, self.mid_channels, self.kernel_size, stride, released=plain)
        y = g.conv(f'{i}.conv3', y, channels, 1, linear=True, released=last)
        return g.activation(g.add(shortcut, y))
