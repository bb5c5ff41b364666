"""Runs of RepVGG blocks: three branches in training, a single convolution once they are fused."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import (
    ACTIVATIONS,
    CellStage,
    check_choice,
    check_kernel,
    check_positive,
)
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
    out_channels: int
    num_blocks: int = 1
    kernel_size: int = 3
    stride: int = 1
    act: str = 'relu'

    mutable: ClassVar[tuple[str, ...]] = ('out_channels', 'num_blocks', 'kernel_size')

    def __post_init__(self) -> None:
        check_positive(self, 'in_channels', 'out_channels', 'num_blocks')
        check_kernel(self)
        check_choice(self, 'stride', (1, 2))
        check_choice(self, 'act', ACTIVATIONS)

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        channels, name = self.out_channels, f'{i}.pointwise'
        y = g.conv(f'{i}.conv', x, channels, self.kernel_size, stride, linear=True)
        pointwise = g.conv(name, x, channels, 1, stride, linear=True, released=_BESIDE)
        y = g.add(pointwise, y)
        if stride == 1 and g.ops[x].channels == channels:
            y = g.add(g.norm(f'{i}.identity', x), y)
        return g.activation(y)
