"""What budgets leave of a space's widths and depths, the rest of an architecture being cheapest."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import repeat
from math import isfinite
from typing import NamedTuple

import numpy as np

from pisnas_mm.blocks.block import changed
from pisnas_mm.bounds.relaxation import ROUNDING, Array, Depths, Widths
from pisnas_mm.bounds.separable import NoBound
from pisnas_mm.bounds.stages import StageTable, sized
from pisnas_mm.constraints import Constraint, OnMeasure
from pisnas_mm.measures import Measure
from pisnas_mm.spaces import Space

_MOST_DEPTHS = 1_000_000  # that are gone through


class Budget(NamedTuple):
    """A bound on a sum over blocks; costs are in units of it, which are negative for a floor's."""

    measure: Measure
    unit: float

    @property
    def limit(self) -> float:
        return 1.0 if self.unit > 0 else -1.0


def budgets_of(constraints: Iterable[Constraint]) -> Iterator[Budget]:
    """The bounds on measures that are sums over blocks."""
    for constraint in constraints:
        if isinstance(constraint, OnMeasure) and constraint.of.over_blocks == 'sum':
            for bound in (constraint.max, -constraint.min):
                if isfinite(bound):
                    yield Budget(constraint.of, bound)


def floors_of(constraints: Iterable[Constraint]) -> list[OnMeasure]:
    """The bounds from below on measures that are that of the least block."""
    known = [constraint for constraint in constraints if isinstance(constraint, OnMeasure)]
    return [one for one in known if one.of.over_blocks == 'least' and isfinite(one.min)]


def affordable(tables: Sequence[StageTable], budgets: Iterable[Budget]) -> list[StageTable]:
    """Without choices that cost too much even beside the cheapest others, as shallow as can be."""
    tables = list(tables)
    for measure, unit in budgets:
        if unit < 0:
            continue
        costs = [table.costs(measure, 1) / unit for table in tables]
        most = max(int(table.widths.max()) for table in tables) + 1
        before, after = [np.zeros(most)], [np.zeros(most)]
        for table, cost in zip(tables, costs, strict=True):
            before.append(_least(table.widths[:, -1], before[-1][table.widths[:, 0]] + cost, most))
        for table, cost in zip(tables[::-1], costs[::-1], strict=True):
            after.append(_least(table.widths[:, 0], after[-1][table.widths[:, -1]] + cost, most))
        for i, (table, cost) in enumerate(zip(tables, costs, strict=True)):
            least = before[i][table.widths[:, 0]] + cost + after[-2 - i][table.widths[:, -1]]
            tables[i] = table.kept(least <= 1 + ROUNDING)
    return tables


def _least(widths: Widths, costs: Array, most: int) -> Array:
    """The least cost by width; infinite where there is none."""
    found = np.full(most, np.inf)
    np.minimum.at(found, widths, costs)
    return found


def deepest(space: Space, budgets: Iterable[Budget], image_size: int) -> int:
    """The most that a stage can repeat in the narrowest architecture within the budgets."""
    seed, narrow = space.seed, space.channel_step
    inputs = [seed.in_channels, *repeat(narrow, len(seed.blocks) - 1)]
    narrowest = seed.replaced(
        [sized(block, i, narrow, 1) for block, i in zip(seed.blocks, inputs, strict=True)]
    )
    deep = [i for i, block in enumerate(narrowest.blocks) if block.num_blocks]

    def fits(depth: int) -> bool:
        for i in deep:
            blocks = list(narrowest.blocks)
            blocks[i] = changed(blocks[i], 'num_blocks', depth)
            trial = narrowest.replaced(blocks)
            if all(b.unit < 0 or b.measure(trial, image_size) <= b.unit for b in budgets):
                return True
        return False

    return bisect_left(range(1, space.max_depth + 1), True, key=lambda depth: not fits(depth)) or 1


def affordable_depths(
    costs: Callable[[int, int], Array], limits: Array, num_stages: int, most: int
) -> list[Depths]:
    """All depths that are within the limits beside the cheapest widths of every stage.

    Raises:
        NoBound: There are too many.
    """
    grows = limits > 0
    least = cache(lambda i, depth: costs(i, depth).min(axis=1))
    shallow = [least(i, 1) for i in range(num_stages)]
    found: list[tuple[Depths, Array]] = [((), sum(shallow, np.zeros(len(limits))))]
    for i in range(num_stages):
        deeper = []
        for depths, before in found:
            for depth in range(1, most + 1):
                total = before - shallow[i] + least(i, depth)
                beyond = total > limits + ROUNDING
                if beyond[grows].any():
                    break
                deeper.append(((*depths, depth), total))
        if len(deeper) > _MOST_DEPTHS:
            raise NoBound('the budgets leave too many depths')
        found = deeper
    return [depths for depths, _ in found]
