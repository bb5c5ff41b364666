"""The ends of a space: architectures with the least or the most of everything."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.spaces.moves import ChoiceMove, FamilyMove, Move

Measure = Callable[[Genotype], float]

Moves = Sequence[Mapping[type[Block], Sequence[Move]]]
"""By place and by the family that stands there: what a mutation may change."""


def extreme(starts: Iterable[Genotype], moves: Moves, measure: Measure, largest: bool) -> Genotype:
    """The architecture with the least or most of everything, and of ``measure`` by its choices.

    Widths, depths and kernels go to their ends. Families and choices have no order of their own:
    block by block, those are taken that improve the measure, until none does any more. As a step
    may show its worth only beside certain others, this begins at every one of the starts.
    """
    sign = 1 if largest else -1

    def worth(genotype: Genotype) -> float:
        return sign * measure(genotype)

    found = [_climbed(start, moves, worth, largest) for start in starts]
    return found[0] if len(found) == 1 else max(found, key=worth)


def _climbed(start: Genotype, moves: Moves, worth: Measure, largest: bool) -> Genotype:
    """Numbers to their ends, then the choices that are worth the most."""
    blocks = list(start.blocks)
    # Widths limit each other: grow from the output backwards and shrink from the input on,
    # until nothing moves any more.
    before: list[Block] = []
    while blocks != before:
        before = list(blocks)
        for i in range(len(blocks)):
            _stretch(blocks, moves[i], i, largest)
    best, value, before = start.replaced(blocks), None, []
    while blocks != before:
        before = blocks
        for i in range(len(blocks)):
            for trial in _variants(blocks, moves[i], i, largest):
                value = worth(best) if value is None else value
                if (other := worth(start.replaced(trial))) > value:
                    blocks, best, value = trial, start.replaced(trial), other
    return best


def _stretch(
    blocks: list[Block], moves: Mapping[type[Block], Sequence[Move]], i: int, largest: bool
) -> None:
    """Give the numbers of block i the outermost value that it accepts."""
    for move in moves[type(blocks[i])]:
        if move.ordered:
            values = move.values(blocks)
            for value in reversed(values) if largest else values:
                if move.put(blocks, value):
                    break


def _variants(
    blocks: Sequence[Block], moves: Mapping[type[Block], Sequence[Move]], i: int, largest: bool
) -> Iterator[list[Block]]:
    """With block i of every other family and with every other choice."""
    for family in moves:
        start = list(blocks)
        if type(start[i]) is not family:
            (to_family,) = (m for m in moves[type(start[i])] if isinstance(m, FamilyMove))
            if not to_family.put(start, family):
                continue
        choices = [
            move
            for move in moves[family]
            if isinstance(move, ChoiceMove) and not (move.ordered or isinstance(move, FamilyMove))
        ]
        for values in product(*(move.values(start) for move in choices)):
            trial = list(start)
            for move, value in zip(choices, values, strict=True):
                move.put(trial, value)
            _stretch(trial, moves, i, largest)
            if trial != blocks:
                yield trial
