"""Moves: what a mutation may change at one place of an architecture. One class a kind of field."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from random import Random
from typing import Any, ClassVar

from pisnas_mm.blocks import Block
from pisnas_mm.blocks.block import changed
from pisnas_mm.blocks.fields import Number, fields_of
from pisnas_mm.spaces.families import in_place_of
from pisnas_mm.spaces.settings import Settings

Blocks = Sequence[Block]


class Move(ABC):
    """Something about the block at a place of an architecture that may have other values.

    Args:
        place: The block's place.
        name: The block's field.
    """

    ordered: ClassVar[bool]  # whether its values have an order

    def __init__(self, place: int, name: str) -> None:
        self.place = place
        self.name = name

    @abstractmethod
    def mutate(self, blocks: list[Block], rng: Random) -> None:
        """Draw a value and put it, as far as its bounds allow it."""

    @abstractmethod
    def values(self, blocks: Blocks) -> Sequence[Any]:
        """All that it may be, ascending if ordered, the rest of the architecture being as it is."""

    def near(self, blocks: Blocks) -> Sequence[Any]:
        """The values next to the one that it has."""
        old = getattr(blocks[self.place], self.name)
        return [value for value in self.values(blocks) if value != old]

    def put(self, blocks: list[Block], value: Any) -> bool:
        """Give it this value, in place; False if the family refuses it, and nothing changes."""
        try:
            blocks[self.place] = changed(blocks[self.place], self.name, value)
        except ValueError:
            return False
        return True


class ChoiceMove(Move):
    """A field with one of a few values, each of the others as probable."""

    ordered = False

    def __init__(self, place: int, name: str, choices: Sequence[Any]) -> None:
        super().__init__(place, name)
        self.choices = choices

    def mutate(self, blocks: list[Block], rng: Random) -> None:
        old = getattr(blocks[self.place], self.name)
        others = [value for value in self.choices if value != old]
        self.put(blocks, others[int(rng.random() * len(others))])

    def values(self, blocks: Blocks) -> Sequence[Any]:
        return self.choices


class KernelMove(ChoiceMove):
    """A kernel among the space's."""

    ordered = True


class FamilyMove(ChoiceMove):
    """The family of the block, among those that may stand there."""

    def __init__(self, place: int, families: Sequence[type[Block]], settings: Settings) -> None:
        super().__init__(place, '__class__', families)
        self._settings = settings

    def put(self, blocks: list[Block], value: type[Block]) -> bool:
        try:
            blocks[self.place] = in_place_of(blocks[self.place], value, self._settings)
        except ValueError:
            return False
        return True


class _BoundedMove(Move):
    """A number whose bounds depend on the blocks around it."""

    ordered = True
    step = 1  # between two of its values
    reach = 1  # how many steps away a value is near

    def mutate(self, blocks: list[Block], rng: Random) -> None:
        old = getattr(blocks[self.place], self.name)
        self._settle(blocks, old, self.drawn(old, rng))

    def shift(self, blocks: list[Block], steps: int) -> None:
        """Move the value by so many steps, as far as its bounds allow it."""
        old = getattr(blocks[self.place], self.name)
        self._settle(blocks, old, old + steps * self.step)

    def near(self, blocks: Blocks) -> Sequence[int]:
        old, (low, high) = getattr(blocks[self.place], self.name), self.bounds(blocks)
        steps = [steps for steps in range(-self.reach, self.reach + 1) if steps]
        return [v for v in (old + n * self.step for n in steps) if low <= v <= high]

    def _settle(self, blocks: list[Block], old: int, value: int) -> None:
        """Put a value, or the nearest one within the bounds."""
        low, high = self.bounds(blocks)
        if low > high:  # the seed's neighbours leave no room yet
            return
        value = low if value < low else high if value > high else value
        if value != old:
            self.put(blocks, value)

    def values(self, blocks: Blocks) -> Sequence[int]:
        low, high = self.bounds(blocks)
        return range(low, high + 1, self.step)

    @abstractmethod
    def drawn(self, old: int, rng: Random) -> int:
        """Another value, wherever it lies."""

    @abstractmethod
    def bounds(self, blocks: Blocks) -> tuple[int, int]:
        """The least and the greatest value, the rest of the architecture being as it is."""


class DepthMove(_BoundedMove):
    """How often the block repeats an inner one."""

    def __init__(self, place: int, name: str, settings: Settings, most: int) -> None:
        super().__init__(place, name)
        self._steps = settings.depth_steps
        self._bounds = 1, most

    def drawn(self, old: int, rng: Random) -> int:
        return old + self._steps[int(rng.random() * len(self._steps))]

    def bounds(self, blocks: Blocks) -> tuple[int, int]:
        return self._bounds


class InnerWidthMove(_BoundedMove):
    """A width inside of the block: at most the block's own."""

    reach = 2

    def __init__(self, place: int, name: str, settings: Settings) -> None:
        super().__init__(place, name)
        self._settings = settings
        self.step = settings.channel_step

    def drawn(self, old: int, rng: Random) -> int:
        factors = self._settings.channel_factors
        factor = factors[int(rng.random() * len(factors))]
        return self.step * max(1, round(old * factor / self.step))

    def bounds(self, blocks: Blocks) -> tuple[int, int]:
        out_channels = blocks[self.place].out_channels
        return self._settings.least_width(out_channels, self._settings.max_reduction), out_channels


class WidthMove(InnerWidthMove):
    """The width of the block's output. The next block reads it, and inner widths keep to it.

    Args:
        place: The block's place.
        family: The block's family.
        settings: The space's.
        stem: How many blocks the stem has.
        length: How many blocks the architecture has.
    """

    def __init__(
        self, place: int, family: type[Block], settings: Settings, stem: int, length: int
    ) -> None:
        super().__init__(place, 'out_channels', settings)
        self._inner = fields_of(family, Number.INNER_WIDTH)
        self._before, self._after = place > 0, place + 1 < length
        self._most = settings.max_channels
        if place < stem and settings.max_stem_channels:
            self._most = min(self._most, settings.max_stem_channels)
        self._monotone, self._expansion = settings.monotone_widths, settings.max_expansion

    def bounds(self, blocks: Blocks) -> tuple[int, int]:
        low, high = self.step, self._most  # compared by hand: `min` and `max` are slower
        monotone, expansion = self._monotone, self._expansion
        if self._before:
            before = blocks[self.place].in_channels
            if monotone and before > low:
                low = before
            if expansion and expansion * before < high:
                high = expansion * before
        if self._after:
            after = blocks[self.place + 1].out_channels
            if monotone and after < high:
                high = after
            if expansion:
                low = max(low, self._settings.least_width(after, expansion))
        return low, high

    def put(self, blocks: list[Block], value: int) -> bool:
        place, settings = self.place, self._settings
        try:
            block = changed(blocks[place], self.name, value)
            if self._inner:
                low = settings.least_width(value, settings.max_reduction)
                for name in self._inner:
                    old = getattr(block, name)
                    if not low <= old <= value:
                        block = changed(block, name, low if old < low else value)
            if self._after:
                blocks[place + 1] = changed(blocks[place + 1], 'in_channels', value)
        except ValueError:
            return False
        blocks[place] = block
        return True
