"""Changes of several fields that belong together, and the neighbourhood of an architecture.

Budgets hold an architecture fast: what one field gains another has to give, and the depths that an
objective compares move best together.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from random import Random

from pisnas_mm.blocks import Block
from pisnas_mm.spaces.moves import DepthMove, InnerWidthMove, Move, WidthMove

_TIMES = (1, 2, 2, 3, 3, 4)
_STEPS = (1, 1, 1, 2, 2, 3, 4)
_BLOCK, _DEPTHS, _STAGE = 0.15, 0.25, 0.4  # up to where a draw from [0, 1) means each kind

MovesOf = Mapping[type[Block], Sequence[Move]]


class Variations:
    """Structured changes of a space's architectures.

    Args:
        moves: By place and by the family that stands there.
        strides: Of the blocks: a stage begins at every 2.
    """

    def __init__(self, moves: Sequence[MovesOf], strides: Sequence[int]) -> None:
        self._moves = moves
        self._widths: list[dict[type[Block], WidthMove]] = [{} for _ in moves]
        self._depths: list[dict[type[Block], DepthMove]] = [{} for _ in moves]
        for place, of_place in enumerate(moves):
            for family, some in of_place.items():
                for move in some:
                    if isinstance(move, WidthMove):
                        self._widths[place][family] = move
                    elif isinstance(move, DepthMove):
                        self._depths[place][family] = move
        cuts = [i for i, stride in enumerate(strides) if stride == 2 and i]
        self._stages = list(map(range, [0, *cuts], [*cuts, len(strides)]))

    def vary(self, blocks: list[Block], rng: Random) -> None:
        """Change one to four things, in place."""
        for _ in range(_TIMES[int(rng.random() * len(_TIMES))]):
            kind = rng.random()
            if kind < _BLOCK:
                self._vary_block(blocks, rng)
            elif kind < _DEPTHS:
                self._vary_depths(blocks, rng)
            elif kind < _STAGE:
                stage = self._stages[int(rng.random() * len(self._stages))]
                self._shift_widths(blocks, stage, _steps(rng))
            else:
                self._vary_field(blocks, rng)

    def _vary_field(self, blocks: list[Block], rng: Random) -> None:
        """A mutation, or a width that moves by a few steps."""
        place = int(rng.random() * len(blocks))
        move = self._drawn(blocks, place, rng)
        if isinstance(move, InnerWidthMove) and rng.random() < 0.5:
            move.shift(blocks, _steps(rng))
        else:
            move.mutate(blocks, rng)

    def _vary_block(self, blocks: list[Block], rng: Random) -> None:
        """Three mutations of one block: another family may need another depth."""
        place = int(rng.random() * len(blocks))
        for _ in range(3):
            self._drawn(blocks, place, rng).mutate(blocks, rng)

    def _vary_depths(self, blocks: list[Block], rng: Random) -> None:
        """Every depth by -1, 0 or 1."""
        for of_place, block in zip(self._depths, list(blocks), strict=True):
            if move := of_place.get(type(block)):
                move.shift(blocks, int(rng.random() * 3) - 1)

    def _shift_widths(self, blocks: list[Block], stage: range, steps: int) -> None:
        """All widths of a stage by as many steps; the last one first where they grow."""
        for place in stage if steps < 0 else reversed(stage):
            self._widths[place][type(blocks[place])].shift(blocks, steps)

    def _drawn(self, blocks: Sequence[Block], place: int, rng: Random) -> Move:
        moves = self._moves[place][type(blocks[place])]
        return moves[int(rng.random() * len(moves))]

    def ruin(self, blocks: Sequence[Block], rng: Random) -> list[Block]:
        """With one less in half of the depths, and a step or two in the widths of half the stages.

        The halves are drawn.
        """
        ruined = list(blocks)
        for of_place, block in zip(self._depths, blocks, strict=True):
            if (move := of_place.get(type(block))) and rng.random() < 0.5:
                move.shift(ruined, -1)
        for stage in self._stages:
            if rng.random() < 0.5:
                self._shift_widths(ruined, stage, -1 - int(rng.random() * 2))
        return ruined

    def neighbourhood(self, blocks: Sequence[Block]) -> Iterator[list[Block]]:
        """What one small change leads to, then what two do; much of it more than once."""
        once = list(self._neighbours(blocks))
        return chain(once, chain.from_iterable(map(self._neighbours, once)))

    def _neighbours(self, blocks: Sequence[Block]) -> Iterator[list[Block]]:
        """With another near value in one field, or with all widths of a stage shifted."""
        for place, block in enumerate(blocks):
            for move in self._moves[place][type(block)]:
                for value in move.near(blocks):
                    other = list(blocks)
                    if move.put(other, value):
                        yield other
        for stage in self._stages:
            for steps in (-2, -1, 1, 2):
                other = list(blocks)
                self._shift_widths(other, stage, steps)
                yield other


def _steps(rng: Random) -> int:
    """A few steps up or down, rather one than more."""
    steps = _STEPS[int(rng.random() * len(_STEPS))]
    return steps if rng.random() < 0.5 else -steps
