"""Checks of what every space is told: bounds of widths and depths, steps, kernels."""

from pisnas_mm.blocks.block import MOST, MOST_CHANNELS
from pisnas_mm.checks import check_numbers, check_whole, shown

CHANNEL_STEP = 8  # every width is a multiple of it
CHANNEL_FACTORS = (2, 1.5, 1.25, 0.8, 0.6, 0.5)
DEPTH_STEPS = (-2, -1, 1, 2)
MAX_FACTOR = 1000


def check_settings(
    max_channels: object,
    channel_factors: object,
    depth_steps: object,
    max_depth: object,
    kernel_sizes: object,
) -> None:
    """Raise ValueError unless every mutation gives a block that there can be."""
    for name, value in (
        ('max_channels', max_channels),
        ('max_depth', max_depth),
        ('channel_factors', channel_factors),
        ('kernel_sizes', kernel_sizes),
    ):
        if not value or (isinstance(value, int) and value < 0):
            raise ValueError(f'{name} should be greater than 0, but got {shown(value)}')
    if check_whole(max_channels, 'max_channels', CHANNEL_STEP, MOST_CHANNELS) % CHANNEL_STEP:
        raise ValueError(
            f'max_channels should be a multiple of {CHANNEL_STEP}, but got {max_channels}'
        )
    check_whole(max_depth, 'max_depth', 1, MOST['num_blocks'])
    for i, factor in enumerate(check_numbers(channel_factors, 'channel_factors')):
        if not 0 < factor <= MAX_FACTOR:
            raise ValueError(
                f'channel_factors[{i}] should be greater than 0 and at most {MAX_FACTOR}, '
                f'but got {factor}'
            )
    for i, step in enumerate(check_numbers(depth_steps, 'depth_steps')):
        if type(step) is not int or not step:
            raise ValueError(
                f'depth_steps[{i}] should be a whole number other than 0, but got {step}'
            )
    for i, kernel_size in enumerate(check_numbers(kernel_sizes, 'kernel_sizes')):
        size = check_whole(kernel_size, f'kernel_sizes[{i}]', 1, MOST['kernel_size'])
        if size % 2 == 0:
            raise ValueError(f'kernel_sizes[{i}] should be odd, but got {size}')


def check_within(name: str, value: int, low: int, high: int) -> None:
    """Raise ValueError unless the value is within its bounds."""
    if not low <= value <= high:
        raise ValueError(f'{name} should be from {low} to {high}, but got {value}')
