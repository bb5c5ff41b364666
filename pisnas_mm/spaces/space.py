"""What every space is: a seed architecture and the mutations that lead from one to the next.

Channels are multiples of 8 and never decrease along the depth. Rules as in the released code.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import product
from random import Random
from typing import Any, ClassVar, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.spaces.settings import (
    CHANNEL_FACTORS,
    CHANNEL_STEP,
    DEPTH_STEPS,
    check_settings,
    check_within,
)

FAMILY = '__class__'  # the attribute of a block that says its family
MAX_REDUCTION = 10  # out / inner width

Blocks = Sequence[Block]
Measure = Callable[[Genotype], float]


class Move(NamedTuple):
    """A field that mutates: a new value from the old one, and, of a number, its bounds."""

    name: str
    draw: Callable[[Any, Random], Any]
    bounds: Callable[[Blocks, int], tuple[int, int]] | None


class Space:
    """Architectures with the block types of a seed, differing in widths, depths and kernels.

    What mutates is what each block family declares in ``Block.mutable`` and ``Block.options``.

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

    families: ClassVar[tuple[type[Block], ...]]

    def __init__(
        self,
        seed: Iterable[Mapping[str, Any]],
        max_channels: int = 2048,
        channel_factors: Sequence[float] = CHANNEL_FACTORS,
        depth_steps: Sequence[int] = DEPTH_STEPS,
        max_depth: int = 100,
        kernel_sizes: Sequence[int] = (3,),
    ) -> None:
        check_settings(max_channels, channel_factors, depth_steps, max_depth, kernel_sizes)
        self.max_channels = max_channels
        self.channel_factors = tuple(channel_factors)
        self.depth_steps = tuple(depth_steps)
        self.max_depth = max_depth
        self.kernel_sizes = tuple(sorted(set(kernel_sizes)))
        self.seed = Genotype.from_list(seed)
        self.places = self._places()
        """The families that may stand at each place of the architecture."""
        self._check_seed()
        self._moves = [{f: self._moves_of(f, place) for f in place} for place in self.places]

    def mutate(self, genotype: Genotype, rng: Random, times: int = 1) -> Genotype:
        """Change one field of one block, both drawn uniformly; the result is in the space."""
        blocks = list(genotype.blocks)
        for _ in range(times):
            i = int(rng.random() * len(blocks))
            block = blocks[i]
            moves = self._moves[i][type(block)]
            name, draw, bounds = moves[int(rng.random() * len(moves))]
            old = getattr(block, name)
            value = draw(old, rng)
            if bounds:
                low, high = bounds(blocks, i)
                if low > high:  # the seed's neighbours leave no room yet
                    continue
                value = low if value < low else min(value, high)
            if value != old:
                self._set(blocks, i, name, value)
        return genotype.replaced(blocks)

    def smallest(self, measure: Measure) -> Genotype:
        """The architecture with the least of everything, and of ``measure`` by its choices."""
        return self._extreme(measure, largest=False)

    def largest(self, measure: Measure) -> Genotype:
        """The architecture with the most of everything, and of ``measure`` by its choices.

        Widths, depths and kernels are the greatest. Families and options have no order of their
        own: block by block, those are taken that raise the measure, until none does any more.
        """
        return self._extreme(measure, largest=True)

    def examples(self) -> dict[str, Genotype]:
        """Architectures that show every family, and what to call them: the seed first."""
        return {'space.seed': self.seed}

    def _places(self) -> list[tuple[type[Block], ...]]:
        for i, block in enumerate(self.seed.blocks):
            if type(block) not in self.families:
                known = ', '.join(sorted(family.__name__ for family in self.families))
                raise ValueError(
                    f'seed[{i}] ({type(block).__name__}): {type(self).__name__} has the blocks '
                    f'{known}'
                )
        return [(type(block),) for block in self.seed.blocks]

    def _moves_of(self, family: type[Block], place: Sequence[type[Block]]) -> list[Move]:
        """What may change in a block of this family, which stands where those of ``place`` may."""
        moves = [self._move(family, name) for name in family.mutable]
        if len(self.kernel_sizes) == 1:
            moves = [move for move in moves if move.name != 'kernel_size']
        if len(place) > 1:
            moves.append(Move(FAMILY, partial(_drawn_other, place), None))
        return moves

    def _move(self, family: type[Block], name: str) -> Move:
        if name in family.options:
            return Move(name, partial(_drawn_other, family.options[name]), None)
        if name == 'num_blocks':
            return Move(name, self._drawn_depth, self._depth_bounds)
        if name == 'kernel_size':
            return Move(name, partial(_drawn_other, self.kernel_sizes), self._kernel_bounds)
        bounds = self._width_bounds if name == 'out_channels' else _inner_bounds
        return Move(name, self._drawn_width, bounds)

    def _drawn_width(self, old: int, rng: Random) -> int:
        factor = self.channel_factors[int(rng.random() * len(self.channel_factors))]
        return CHANNEL_STEP * max(1, round(old * factor / CHANNEL_STEP))

    def _drawn_depth(self, old: int, rng: Random) -> int:
        return old + self.depth_steps[int(rng.random() * len(self.depth_steps))]

    def _width_bounds(self, blocks: Blocks, i: int) -> tuple[int, int]:
        """Least and greatest width of block i, the rest of the architecture being as it is."""
        low = max(CHANNEL_STEP, blocks[i].in_channels) if i else CHANNEL_STEP
        if i + 1 == len(blocks):
            return low, self.max_channels
        return low, min(blocks[i + 1].out_channels, self.max_channels)

    def _depth_bounds(self, blocks: Blocks, i: int) -> tuple[int, int]:
        return 1, self.max_depth

    def _kernel_bounds(self, blocks: Blocks, i: int) -> tuple[int, int]:
        return self.kernel_sizes[0], self.kernel_sizes[-1]

    def _set(self, blocks: list[Block], i: int, name: str, value: Any) -> None:
        """Give a field its value, in place, and keep what depends on it consistent."""
        block = changed(blocks[i], name, value)
        if name == 'out_channels':
            low = least_width(value, MAX_REDUCTION)
            for inner in inner_widths(type(block)):
                block = changed(block, inner, max(low, min(getattr(block, inner), value)))
            if i + 1 < len(blocks):
                blocks[i + 1] = changed(blocks[i + 1], 'in_channels', value)
        blocks[i] = block

    def _extreme(self, measure: Measure, largest: bool) -> Genotype:
        """Climbs from every example, as a step may show its worth only beside certain others."""
        sign = 1 if largest else -1

        def worth(genotype: Genotype) -> float:
            return sign * measure(genotype)

        found = [self._climbed(start, worth, largest) for start in self.examples().values()]
        return found[0] if len(found) == 1 else max(found, key=worth)

    def _climbed(self, start: Genotype, worth: Measure, largest: bool) -> Genotype:
        """Widths, depths and kernels to their ends, then the choices that are worth the most."""
        blocks = list(start.blocks)
        # Widths limit each other: grow from the output backwards and shrink from the input on,
        # until nothing moves any more.
        before: list[Block] = []
        while blocks != before:
            before = list(blocks)
            for i in range(len(blocks)):
                self._stretch(blocks, i, largest)
        best, value, before = start.replaced(blocks), None, []
        while blocks != before:
            before = blocks
            for i in range(len(blocks)):
                for trial in self._variants(blocks, i, largest):
                    value = worth(best) if value is None else value
                    if (other := worth(start.replaced(trial))) > value:
                        blocks, best, value = trial, start.replaced(trial), other
        return best

    def _stretch(self, blocks: list[Block], i: int, largest: bool) -> None:
        """Give the numbers of block i the outermost value that it accepts."""
        for name, _, bounds in self._moves[i][type(blocks[i])]:
            if not bounds:
                continue
            low, high = bounds(blocks, i)
            step = CHANNEL_STEP if name.endswith('_channels') else 1
            values: Sequence[int] = range(low, high + 1, step)
            if name == 'kernel_size':
                values = self.kernel_sizes
            for value in reversed(values) if largest else values:
                self._set(blocks, i, name, value)
                if getattr(blocks[i], name) == value:
                    break

    def _variants(self, blocks: Blocks, i: int, largest: bool) -> Iterator[list[Block]]:
        """With block i of every other family and with every other option."""
        for family in self.places[i]:
            names = [name for name in family.mutable if name in family.options]
            for values in product(*(family.options[name] for name in names)):
                trial = list(blocks)
                if type(trial[i]) is not family:
                    self._set(trial, i, FAMILY, family)
                if type(trial[i]) is not family:
                    continue  # refused
                for name, value in zip(names, values, strict=True):
                    self._set(trial, i, name, value)
                self._stretch(trial, i, largest)
                if trial != blocks:
                    yield trial

    def _check_seed(self) -> None:
        for i, block in enumerate(self.seed.blocks):
            place = f'seed[{i}] ({type(block).__name__})'
            least = block.in_channels if i else CHANNEL_STEP
            check_within(f'{place}.out_channels', block.out_channels, least, self.max_channels)
            if block.num_blocks:
                check_within(f'{place}.num_blocks', block.num_blocks, 1, self.max_depth)
            for name in block.mutable:
                value, known = getattr(block, name), block.options.get(name)
                if name == 'kernel_size':
                    known = self.kernel_sizes
                if name.endswith('channels') and value % CHANNEL_STEP:
                    raise ValueError(
                        f'{place}.{name} should be a multiple of {CHANNEL_STEP}, but got {value}'
                    )
                if known and value not in known:
                    raise ValueError(f'{place}.{name} should be one of {known}, but got {value}')


@lru_cache(1 << 16)
def changed(block: Block, name: str, value: Any) -> Block:
    """The block with another value in one field; remembered, as most changes come again."""
    return type(block)(**{**vars(block), name: value})


@lru_cache
def inner_widths(family: type[Block]) -> tuple[str, ...]:
    """The fields that are a width inside of the block and mutate."""
    return tuple(n for n in family.mutable if n.endswith('_channels') and n != 'out_channels')


def least_width(channels: int, divisor: int) -> int:
    """The least admissible width of at least ``channels / divisor``."""
    step = divisor * CHANNEL_STEP
    return -(-channels // step) * CHANNEL_STEP


def _inner_bounds(blocks: Blocks, i: int) -> tuple[int, int]:
    out_channels = blocks[i].out_channels
    return least_width(out_channels, MAX_REDUCTION), out_channels


def _drawn_other(values: Sequence[Any], old: Any, rng: Random) -> Any:
    others = [value for value in values if value != old]
    return others[int(rng.random() * len(others))]
