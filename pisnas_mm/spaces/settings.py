"""What every space is told: bounds of widths and depths, steps, kernels."""

from collections.abc import Sequence
from dataclasses import dataclass

from pisnas_mm.blocks.block import MOST, MOST_CHANNELS
from pisnas_mm.checks import check_numbers, check_whole, shown

MAX_FACTOR = 1000


@dataclass(eq=False, kw_only=True)
class Settings:
    """How far mutations go. A seed may be beyond the limits that are None in most spaces.

    The stem are the blocks before the first one that repeats an inner block.

    Args:
        max_channels: The widest a block may be.
        channel_step: Widths, inner ones too, are multiples of it.
        channel_factors: A mutated width is the old one times one of these.
        monotone_widths: Whether no block may be narrower than the one before it.
        max_reduction: How many times narrower than a block its inner width may be.
        max_expansion: How many times wider than its input a block but the first may become.
        max_stem_channels: The widest that a block of the stem may become.
        depth_steps: A mutated depth is the old one plus one of these.
        max_depth: The most inner blocks a block may repeat.
        max_first_depth: The most inner blocks that the first block with such may come to repeat.
        kernel_sizes: Kernels to choose from.

    Raises:
        ValueError: A setting is out of bounds.
    """

    max_channels: int = 2048
    channel_step: int = 8
    channel_factors: Sequence[float] = (2, 1.5, 1.25, 0.8, 0.6, 0.5)
    monotone_widths: bool = True
    max_reduction: int = 10
    max_expansion: int | None = None
    max_stem_channels: int | None = None
    depth_steps: Sequence[int] = (-2, -1, 1, 2)
    max_depth: int = 100
    max_first_depth: int | None = None
    kernel_sizes: Sequence[int] = (3,)

    def __post_init__(self) -> None:
        self._check_widths()
        check_whole(self.max_depth, 'max_depth', 1, MOST['num_blocks'])
        if self.max_first_depth is not None:
            check_whole(self.max_first_depth, 'max_first_depth', 1)
        for i, step in enumerate(check_numbers(self.depth_steps, 'depth_steps')):
            if type(step) is not int or not step:
                raise ValueError(
                    f'depth_steps[{i}] should be a whole number other than 0, but got {step}'
                )
        for i, kernel_size in enumerate(check_numbers(self.kernel_sizes, 'kernel_sizes')):
            size = check_whole(kernel_size, f'kernel_sizes[{i}]', 1, MOST['kernel_size'])
            if size % 2 == 0:
                raise ValueError(f'kernel_sizes[{i}] should be odd, but got {size}')
        self.kernel_sizes = tuple(sorted(set(self.kernel_sizes)))

    def _check_widths(self) -> None:
        step = check_whole(self.channel_step, 'channel_step', 1, MOST_CHANNELS)
        for name in ('max_channels', 'max_stem_channels'):
            width = getattr(self, name)
            if width is None and name != 'max_channels':
                continue
            if check_whole(width, name, step, MOST_CHANNELS) % step:
                raise ValueError(
                    f'{name} should be a multiple of {step}, but got {width}: see channel_step'
                )
        check_whole(self.max_reduction, 'max_reduction', 1)
        if self.max_expansion is not None:
            check_whole(self.max_expansion, 'max_expansion', 1)
        if type(self.monotone_widths) is not bool:
            raise ValueError(
                f'monotone_widths should be True or False, but got {shown(self.monotone_widths)}'
            )
        for i, factor in enumerate(check_numbers(self.channel_factors, 'channel_factors')):
            if not 0 < factor <= MAX_FACTOR:
                raise ValueError(
                    f'channel_factors[{i}] should be greater than 0 and at most {MAX_FACTOR}, '
                    f'but got {factor}'
                )

    def least_width(self, channels: int, divisor: int = 1) -> int:
        """The least admissible width of at least ``channels / divisor``."""
        step = self.channel_step
        return -(-channels // (divisor * step)) * step
