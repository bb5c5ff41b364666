"""RepVGG blocks: three branches in training, a single convolution once they are fused."""

from dataclasses import dataclass

from pisnas_mm.blocks.block import Block, CellStage
from pisnas_mm.blocks.fields import Depth, Kernel, Width
from pisnas_mm.blocks.graph import Graph, Released, Value
from pisnas_mm.registry import BLOCKS

_BESIDE = Released(counted=False)  # no layer of its own: fused, it is part of the k×k convolution


@BLOCKS.register_module()
@dataclass(frozen=True)
class RepVGGStage(CellStage):
    """``num_blocks`` sums of k×k, 1×1 and identity, all normalised (Ding et al., CVPR 2021).

    The first block has the stride, and an identity only where it keeps the shape. This is the form
    that is trained, and whose params and MACs are counted; ``pisnas_mm.models.fuse`` makes plain
    convolutions of it.
    """

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    stride: int = 1
    act: str = 'relu'

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        return branches(g, f'{i}.', x, self.out_channels, self.kernel_size, stride)


@BLOCKS.register_module()
@dataclass(frozen=True)
class RepVGGBlock(Block):
    """One of them in a convolution's place: YOLOv6's stem and strided layers."""

    in_channels: int
    out_channels: Width
    kernel_size: int = 3
    stride: int = 1
    act: str = 'relu'

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        branches(g, '', g.input, self.out_channels, self.kernel_size, self.stride)
        return g


def branches(
    g: Graph, prefix: str, x: Value, out_channels: int, kernel_size: int, stride: int = 1
) -> Value:
    """Draw a RepVGG block; the names of its weights begin with ``prefix``."""
    y = g.conv(f'{prefix}conv', x, out_channels, kernel_size, stride, linear=True)
    name = f'{prefix}pointwise'
    pointwise = g.conv(name, x, out_channels, 1, stride, linear=True, released=_BESIDE)
    y = g.add(pointwise, y)
    if stride == 1 and g.ops[x].channels == out_channels:
        y = g.add(g.norm(f'{prefix}identity', x), y)
    return g.activation(y)
