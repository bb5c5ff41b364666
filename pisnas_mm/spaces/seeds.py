"""Whether a search may start from an architecture."""

from collections.abc import Sequence
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.blocks.fields import Choice, Number, mutable_fields
from pisnas_mm.spaces.settings import Settings


def stem_length(seed: Genotype) -> int:
    """How many blocks come before the first one that repeats an inner block."""
    return next((i for i, block in enumerate(seed.blocks) if block.num_blocks), len(seed.blocks))


def check_seed(seed: Genotype, settings: Settings) -> None:
    """Raise ValueError unless widths, depths, kernels and choices are those of the space."""
    for i, block in enumerate(seed.blocks):
        place = f'seed[{i}] ({type(block).__name__})'
        least = block.in_channels if i and settings.monotone_widths else settings.channel_step
        _check_within(f'{place}.out_channels', block.out_channels, least, settings.max_channels)
        if block.num_blocks:
            _check_within(f'{place}.num_blocks', block.num_blocks, 1, settings.max_depth)
        _check_fields(block, place, settings)


def _check_fields(block: Block, place: str, settings: Settings) -> None:
    for name, kind in mutable_fields(type(block)).items():
        value = getattr(block, name)
        if kind in (Number.WIDTH, Number.INNER_WIDTH) and value % settings.channel_step:
            raise ValueError(
                f'{place}.{name} should be a multiple of {settings.channel_step}, but got {value}: '
                f'see channel_step'
            )
        known: Sequence[Any] | None = kind.values if isinstance(kind, Choice) else None
        if kind is Number.KERNEL:
            known = settings.kernel_sizes
        if known and value not in known:
            raise ValueError(f'{place}.{name} should be one of {known}, but got {value}')


def _check_within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f'{name} should be from {low} to {high}, but got {value}')
