"""What every space is: a seed architecture and the mutations that lead from one to the next.

Channels are multiples of 8 and never decrease along the depth. Rules as in the released code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any, ClassVar

from pisnas_mm.blocks import Block
from pisnas_mm.genotype import Genotype

CHANNEL_STEP = 8

Mutable = Mapping[type[Block], tuple[str, ...]]  # the fields that mutate, by block type


class Space:
    """Architectures with the block types of a seed, differing in widths, depths and kernels.

    Args:
        seed: The architecture a search starts from, as a list of block dicts.
        max_channels: The widest a block may be.
        channel_factors: A mutated width is the old one times one of these.
        depth_steps: A mutated depth is the old one plus one of these.
        max_depth: The most inner blocks a block may repeat.
        kernel_sizes: Kernels to choose from.

    Raises:
        ValueError: The seed is not in the space, or a setting is out of bounds.
    """

    mutable: ClassVar[Mutable]

    def __init__(
        self,
        seed: Iterable[Mapping[str, Any]],
        max_channels: int = 2048,
        channel_factors: Sequence[float] = (2, 1.5, 1.25, 0.8, 0.6, 0.5),
        depth_steps: Sequence[int] = (-2, -1, 1, 2),
        max_depth: int = 100,
        kernel_sizes: Sequence[int] = (3,),
    ) -> None:
        for name, values in (
            ('channel_factors', channel_factors),
            ('kernel_sizes', kernel_sizes),
            ('max_channels', [max_channels]),
            ('max_depth', [max_depth]),
        ):
            if not values or min(values) <= 0:
                raise ValueError(f'{name} should be greater than 0, but got {values!r}')
        if not depth_steps:
            raise ValueError('depth_steps should have at least one step')
        self.max_channels = max_channels
        self.channel_factors = tuple(channel_factors)
        self.depth_steps = tuple(depth_steps)
        self.max_depth = max_depth
        self.kernel_sizes = tuple(sorted(kernel_sizes))
        self._fields = {
            block: tuple(n for n in names if n != 'kernel_size' or len(self.kernel_sizes) > 1)
            for block, names in self.mutable.items()
        }
        self.seed = Genotype.from_list(seed)
        self._check_seed()

    def mutate(self, genotype: Genotype, rng: Random) -> Genotype:
        """Change one field of one block, both drawn uniformly; the result is in the space."""
        blocks = list(genotype.blocks)
        i = int(rng.random() * len(blocks))
        names = self._fields[type(blocks[i])]
        name = names[int(rng.random() * len(names))]
        value = self._draw(getattr(blocks[i], name), name, rng)
        low, high = self._bounds(blocks, i, name)
        if low <= high:  # else the seed's neighbours leave no room yet
            self._set(blocks, i, name, max(low, min(high, value)))
        return Genotype(tuple(blocks), genotype.in_channels)

    def smallest(self) -> Genotype:
        """The architecture with the least of everything."""
        return self._extreme(largest=False)

    def largest(self) -> Genotype:
        """The architecture with the most of everything."""
        return self._extreme(largest=True)

    def _draw(self, value: int, name: str, rng: Random) -> int:
        match name:
            case 'num_blocks':
                return value + self.depth_steps[int(rng.random() * len(self.depth_steps))]
            case 'kernel_size':
                others = [k for k in self.kernel_sizes if k != value]
                return others[int(rng.random() * len(others))]
        factor = self.channel_factors[int(rng.random() * len(self.channel_factors))]
        return CHANNEL_STEP * max(1, round(value * factor / CHANNEL_STEP))

    def _bounds(self, blocks: Sequence[Block], i: int, name: str) -> tuple[int, int]:
        """Least and greatest value of a field, the rest of the architecture being as it is."""
        match name:
            case 'num_blocks':
                return 1, self.max_depth
            case 'kernel_size':
                return self.kernel_sizes[0], self.kernel_sizes[-1]
        after = blocks[i + 1].out_channels if i + 1 < len(blocks) else self.max_channels
        before = max(CHANNEL_STEP, blocks[i].in_channels) if i else CHANNEL_STEP
        return before, min(after, self.max_channels)

    def _set(self, blocks: list[Block], i: int, name: str, value: int) -> None:
        """Give a field its value, in place, and keep what depends on it consistent."""
        blocks[i] = changed(blocks[i], name, value)
        if name == 'out_channels' and i + 1 < len(blocks):
            blocks[i + 1] = changed(blocks[i + 1], 'in_channels', value)

    def _extreme(self, largest: bool) -> Genotype:
        blocks = list(self.seed.blocks)
        # Widths limit each other: grow from the output backwards and shrink from the input on,
        # until nothing moves any more.
        before: list[Block] = []
        while blocks != before:
            before = list(blocks)
            for i, block in enumerate(blocks):
                for name in self.mutable[type(block)]:
                    low, high = self._bounds(blocks, i, name)
                    self._set(blocks, i, name, high if largest else low)
        return Genotype(tuple(blocks), self.seed.in_channels)

    def _check_seed(self) -> None:
        for i, block in enumerate(self.seed.blocks):
            place = f'seed[{i}] ({type(block).__name__})'
            if type(block) not in self.mutable:
                known = ', '.join(sorted(t.__name__ for t in self.mutable))
                raise ValueError(f'{place}: {type(self).__name__} has the blocks {known}')
            least = block.in_channels if i else CHANNEL_STEP
            _check_within(f'{place}.out_channels', block.out_channels, least, self.max_channels)
            if block.num_blocks:
                _check_within(f'{place}.num_blocks', block.num_blocks, 1, self.max_depth)
            for name in self.mutable[type(block)]:
                value = getattr(block, name)
                if name.endswith('channels') and value % CHANNEL_STEP:
                    raise ValueError(
                        f'{place}.{name} should be a multiple of {CHANNEL_STEP}, but got {value}'
                    )
                if name == 'kernel_size' and value not in self.kernel_sizes:
                    raise ValueError(
                        f'{place}.{name} should be one of {self.kernel_sizes}, but got {value}'
                    )


@lru_cache(1 << 16)
def changed(block: Block, name: str, value: int) -> Block:
    """The block with another value in one field; remembered, as most changes come again."""
    return _same(replace(block, **{name: value}))  # type: ignore[type-var]


@lru_cache(1 << 16)
def _same(block: Block) -> Block:
    """One object for equal blocks, which makes looking them up quicker."""
    return block


def _check_within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f'{name} should be from {low} to {high}, but got {value}')
