"""Runs of residual blocks of two convolutions: ResNet-18's and 34's, and those of DAMO-YOLO."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import CellStage, check_field
from pisnas_mm.blocks.fields import Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released, Value
from pisnas_mm.registry import BLOCKS

_PROJECTION = Released(counted=False)


@BLOCKS.register_module()
@dataclass(frozen=True)
class BasicStage(CellStage):
    """``num_blocks`` residual blocks k×k – k×k (He et al., CVPR 2016), as TinyNAS arranges them.

    The first block's second convolution has the stride, as in DAMO-YOLO's and MAE-DET's searches
    (ResNet: the first one). Where it changes the shape, the first block's shortcut is a strided 1×1
    projection, as in ResNet; all others are identities. (The published TinyNAS code pools before
    it projects, and only pools where channels stay as many.)

    ``mid_channels`` of 0 are as many as ``out_channels``.
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth = 0
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'relu'

    pointwise: ClassVar[bool] = False  # whether the first convolution of every block is 1×1

    def __post_init__(self) -> None:
        if self.mid_channels == 0:
            check_field(self, 'out_channels')
            object.__setattr__(self, 'mid_channels', self.out_channels)
        super().__post_init__()

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        channels, shortcut = self.out_channels, x
        if stride > 1 or g.ops[x].channels != channels:
            name = f'{i}.shortcut'
            shortcut = g.conv(name, x, channels, 1, stride, linear=True, released=_PROJECTION)
        y = g.conv(f'{i}.conv1', x, self.mid_channels, 1 if self.pointwise else self.kernel_size)
        y = g.conv(f'{i}.conv2', y, channels, self.kernel_size, stride, linear=True)
        return g.activation(g.add(shortcut, y))


@BLOCKS.register_module()
@dataclass(frozen=True)
class PointwiseBasicStage(BasicStage):
    """``num_blocks`` residual blocks 1×1 – k×k: TinyNAS's SuperResK1KX, DAMO-YOLO's small ones.

    Otherwise a ``BasicStage``; a type of its own, for a space may change one into the other.
    """

    pointwise: ClassVar[bool] = True
