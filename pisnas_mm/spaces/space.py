"""What every space is: a seed architecture and the mutations that lead from one to the next.

Channels are multiples of 8 and never decrease along the depth. Rules as in the released code.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any, ClassVar

from pisnas_mm.blocks import Block
from pisnas_mm.blocks.block import MOST, MOST_CHANNELS
from pisnas_mm.checks import check_numbers, check_whole, shown
from pisnas_mm.genotype import Genotype

CHANNEL_STEP = 8
MAX_FACTOR = 1000

Mutable = Mapping[type[Block], tuple[str, ...]]  # the fields that mutate, by block type
Rules = Mapping[
    str, tuple[Callable[[int, Random], int], Callable[[Sequence[Block], int], tuple[int, int]]]
]


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
        _check_settings(max_channels, channel_factors, depth_steps, max_depth, kernel_sizes)
        self.max_channels = max_channels
        self.channel_factors = tuple(channel_factors)
        self.depth_steps = tuple(depth_steps)
        self.max_depth = max_depth
        self.kernel_sizes = tuple(sorted(set(kernel_sizes)))
        self._fields = {
            block: tuple(n for n in names if n != 'kernel_size' or len(self.kernel_sizes) > 1)
            for block, names in self.mutable.items()
        }
        self._rules = self._field_rules()
        self.seed = Genotype.from_list(seed)
        self._check_seed()

    def mutate(self, genotype: Genotype, rng: Random, times: int = 1) -> Genotype:
        """Change one field of one block, both drawn uniformly; the result is in the space."""
        blocks = list(genotype.blocks)
        for _ in range(times):
            i = int(rng.random() * len(blocks))
            block = blocks[i]
            names = self._fields[type(block)]
            name = names[int(rng.random() * len(names))]
            draw, bounds = self._rules[name]
            old = getattr(block, name)
            value = draw(old, rng)
            low, high = bounds(blocks, i)
            if low <= high:  # else the seed's neighbours leave no room yet
                value = low if value < low else min(value, high)
                if value != old:
                    self._set(blocks, i, name, value)
        return genotype.replaced(blocks)

    def smallest(self) -> Genotype:
        """The architecture with the least of everything."""
        return self._extreme(largest=False)

    def largest(self) -> Genotype:
        """The architecture with the most of everything."""
        return self._extreme(largest=True)

    def _field_rules(self) -> Rules:
        """How a new value of each mutable field is drawn, and its bounds."""
        return {
            'out_channels': (self._drawn_width, self._width_bounds),
            'num_blocks': (self._drawn_depth, self._depth_bounds),
            'kernel_size': (self._drawn_kernel, self._kernel_bounds),
        }

    def _drawn_width(self, old: int, rng: Random) -> int:
        factor = self.channel_factors[int(rng.random() * len(self.channel_factors))]
        return CHANNEL_STEP * max(1, round(old * factor / CHANNEL_STEP))

    def _drawn_depth(self, old: int, rng: Random) -> int:
        return old + self.depth_steps[int(rng.random() * len(self.depth_steps))]

    def _drawn_kernel(self, old: int, rng: Random) -> int:
        others = [k for k in self.kernel_sizes if k != old]
        return others[int(rng.random() * len(others))]

    def _width_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        """Least and greatest width of block i, the rest of the architecture being as it is."""
        low = max(CHANNEL_STEP, blocks[i].in_channels) if i else CHANNEL_STEP
        if i + 1 == len(blocks):
            return low, self.max_channels
        return low, min(blocks[i + 1].out_channels, self.max_channels)

    def _depth_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        return 1, self.max_depth

    def _kernel_bounds(self, blocks: Sequence[Block], i: int) -> tuple[int, int]:
        return self.kernel_sizes[0], self.kernel_sizes[-1]

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
                    _, bounds = self._rules[name]
                    low, high = bounds(blocks, i)
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
    return type(block)(**{**vars(block), name: value})


def _check_settings(
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


def _check_within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f'{name} should be from {low} to {high}, but got {value}')
