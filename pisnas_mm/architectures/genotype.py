"""An architecture as data: blocks in order, from the image to the last stage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, islice
from operator import mul
from typing import Any

import pisnas_mm.blocks  # noqa: F401  (registers the blocks)
from pisnas_mm.blocks.block import Block
from pisnas_mm.checks import shown
from pisnas_mm.registry import BLOCKS, build

MAX_BLOCKS = 1000  # that are read


@dataclass(frozen=True)
class Genotype:
    """A backbone: an ordered tuple of block specs and the channels of its input.

    A stage begins at every block of stride 2, so stage ``i`` (from 0, the stem) gives features of
    stride 2^(i+1); the pyramid's C2 to C5 are stages 1 to 4.

    Raises:
        ValueError: No block, a block that is none, or a chain of channels that does not close.
    """

    blocks: tuple[Block, ...]
    in_channels: int = 3
    strides: tuple[int, ...] = field(init=False, repr=False, compare=False)  # of every block

    def __post_init__(self) -> None:
        if not self.blocks:
            raise ValueError('an architecture should have at least one block, but got none')
        channels = self.in_channels
        for i, block in enumerate(self.blocks):
            if block.in_channels != channels:
                before = f'arch[{i - 1}] gives' if i else 'the input has'
                raise ValueError(
                    f'arch[{i}]: {type(block).__name__}.in_channels should be {channels}, '
                    f'because {before} {channels} channels, but got {block.in_channels}'
                )
            channels = block.out_channels
        object.__setattr__(self, 'strides', tuple([block.stride for block in self.blocks]))

    @property
    def stages(self) -> list[tuple[Block, ...]]:
        """The blocks by stage; blocks before the first stride belong to the first stage."""
        return [self.blocks[part] for part in _stages(self.strides)]

    @property
    def pyramid(self) -> list[tuple[Block, ...]]:
        """The stages of strides 4, 8, ...; the stem's blocks belong to the first of them."""
        return [self.blocks[part] for part in _pyramid(self.strides)]

    @property
    def out_channels(self) -> tuple[int, ...]:
        """Channels of every stage's output."""
        return tuple(stage[-1].out_channels for stage in self.stages)

    @property
    def out_strides(self) -> tuple[int, ...]:
        """Stride of every stage's output with respect to the image."""
        accumulated = list(accumulate(self.strides, mul))
        return tuple(accumulated[part.stop - 1] for part in _stages(self.strides))

    def sides(self, image_size: int) -> tuple[int, ...]:
        """Side of every block's input, and of the last one's output, for a square image."""
        return _sides(self.strides, image_size)

    @property
    def depths(self) -> tuple[int, ...]:
        """``num_blocks`` of every block that repeats an inner one."""
        return tuple([block.num_blocks for block in self.blocks if block.num_blocks])

    def replaced(self, blocks: Iterable[Block]) -> 'Genotype':
        """With other blocks, of the same strides and in a closed chain: not checked, for speed."""
        other: Genotype = object.__new__(Genotype)
        other.__dict__.update(
            blocks=tuple(blocks), in_channels=self.in_channels, strides=self.strides
        )
        return other

    def extended(self, specs: Iterable[Mapping[str, Any]]) -> 'Genotype':
        """With further blocks at the end, such as ``dict(type='SPPF')``.

        Channels that a spec does not name are those that the block before it gives.

        Raises:
            ValueError: A spec is not valid; the message names the place.
        """
        if isinstance(specs, str | Mapping) or not isinstance(specs, Iterable):
            raise ValueError(f'append should be a list of block dicts, but got {shown(specs)}')
        blocks = list(self.blocks)
        for i, spec in enumerate(specs):
            channels = blocks[-1].out_channels
            defaults = dict(in_channels=channels, out_channels=channels)
            blocks.append(build(BLOCKS, spec, f'append[{i}]', **defaults))
        return Genotype(tuple(blocks), self.in_channels)

    def to_list(self) -> list[dict[str, Any]]:
        """The architecture as it stands in configs and JSON files."""
        return [block.to_dict() for block in self.blocks]

    @classmethod
    def from_list(
        cls, arch: Iterable[Mapping[str, Any]], in_channels: int | None = None
    ) -> 'Genotype':
        """Read what ``to_list`` wrote.

        Args:
            arch: The block dicts.
            in_channels: Channels of the image; None: as many as the first block takes.

        Raises:
            ValueError: Something in it is no valid architecture; the message names the place.
        """
        if isinstance(arch, str | Mapping) or not isinstance(arch, Iterable):
            raise ValueError(f'arch should be a list of block dicts, but got {shown(arch)}')
        arch = list(islice(arch, MAX_BLOCKS + 1))
        if len(arch) > MAX_BLOCKS:
            raise ValueError(f'arch should have at most {MAX_BLOCKS} blocks')
        blocks = tuple(build(BLOCKS, spec, f'arch[{i}]') for i, spec in enumerate(arch))
        if in_channels is None:
            in_channels = blocks[0].in_channels if blocks else 3
        return cls(blocks, in_channels)


@lru_cache
def _stages(strides: tuple[int, ...]) -> tuple[slice, ...]:
    """Cuts before every second and later stride of 2."""
    cuts = [i for i, stride in enumerate(strides) if stride == 2][1:]
    return tuple(map(slice, [0, *cuts], [*cuts, len(strides)]))


@lru_cache
def _pyramid(strides: tuple[int, ...]) -> tuple[slice, ...]:
    stem, *others = _stages(strides)
    return (slice(stem.start, others[0].stop), *others[1:]) if others else ()


@lru_cache
def _sides(strides: tuple[int, ...], image_size: int) -> tuple[int, ...]:
    return tuple(accumulate(strides, lambda side, stride: -(-side // stride), initial=image_size))
