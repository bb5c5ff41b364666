"""The residual space: ResNet-like backbones of bottleneck blocks."""

from collections.abc import Sequence
from typing import ClassVar

from pisnas_mm.blocks import Block, BottleneckStage, ConvBNAct
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import Space, least_width


@SPACES.register_module()
class ResidualSpace(Space):
    """A stem and runs of bottleneck blocks 1×1 – k×k – 1×1, at most four times wider at each."""

    families: ClassVar[tuple[type[Block], ...]] = (ConvBNAct, BottleneckStage)
    max_stem_channels: ClassVar[int] = 32
    max_expansion: ClassVar[int] = 4  # out / in
    max_first_depth: ClassVar[int] = 3

    def _width_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        low, high = super()._width_bounds(blocks, i)
        if i == 0:
            high = min(high, self.max_stem_channels)
        else:
            high = min(high, self.max_expansion * blocks[i].in_channels)
        if i + 1 < len(blocks):
            low = max(low, least_width(blocks[i + 1].out_channels, self.max_expansion))
        return low, high

    def _depth_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        low, high = super()._depth_bounds(blocks, i)
        return low, min(high, self.max_first_depth) if i == 1 else high
