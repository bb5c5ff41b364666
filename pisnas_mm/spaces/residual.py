"""The residual space: ResNet-like backbones of bottleneck blocks."""

from collections.abc import Sequence
from typing import ClassVar

from pisnas_mm.blocks import Block, BottleneckStage, ConvBNAct
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import CHANNEL_STEP, Mutable, Rules, Space, changed


@SPACES.register_module()
class ResidualSpace(Space):
    """A stem and runs of bottleneck blocks 1×1 – k×k – 1×1, at most four times wider at each."""

    mutable: ClassVar[Mutable] = {
        ConvBNAct: ('out_channels',),
        BottleneckStage: ('out_channels', 'mid_channels', 'num_blocks', 'kernel_size'),
    }
    max_stem_channels: ClassVar[int] = 32
    max_expansion: ClassVar[int] = 4  # out / in
    max_reduction: ClassVar[int] = 10  # out / mid
    max_first_depth: ClassVar[int] = 3

    def _field_rules(self) -> Rules:
        return {**super()._field_rules(), 'mid_channels': (self._drawn_width, self._mid_bounds)}

    def _width_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        low, high = super()._width_bounds(blocks, i)
        if i == 0:
            high = min(high, self.max_stem_channels)
        else:
            high = min(high, self.max_expansion * blocks[i].in_channels)
        if i + 1 < len(blocks):
            low = max(low, _ceil(blocks[i + 1].out_channels, self.max_expansion))
        return low, high

    def _mid_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        out_channels = blocks[i].out_channels
        return self._least_mid(out_channels), out_channels

    def _depth_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        low, high = super()._depth_bounds(blocks, i)
        return low, min(high, self.max_first_depth) if i == 1 else high

    def _set(self, blocks: list[Block], i: int, name: str, value: int) -> None:
        super()._set(blocks, i, name, value)
        block = blocks[i]
        if name == 'out_channels' and isinstance(block, BottleneckStage):
            mid = max(self._least_mid(value), min(block.mid_channels, value))
            if mid != block.mid_channels:
                blocks[i] = changed(block, 'mid_channels', mid)

    def _least_mid(self, out_channels: int) -> int:
        return _ceil(out_channels, self.max_reduction)


def _ceil(channels: int, divisor: int) -> int:
    """The least admissible width of at least ``channels / divisor``."""
    step = divisor * CHANNEL_STEP
    return -(-channels // step) * CHANNEL_STEP
