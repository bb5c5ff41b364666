"""Lagrangian relaxation of budgets over a chain of stages, solved by dynamic programming.

Budgets are moved into the objective (Everett, Operations Research 11, 1963; Fisher, Management
Science 27, 1981). For all multipliers mu >= 0, and every x that keeps the budgets,

    score(x) <= max over all y of score(y) - mu · (costs(y) - limits).

Where costs and scores are sums over stages that have but the width between them in common, the
maximum is that over paths from stage to stage, and found exactly.
"""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Widths = NDArray[np.int64]
Depths = tuple[int, ...]

ROUNDING = 1e-9  # what scores and costs may be off by
_STEPS = 60  # towards the best multipliers; most often fewer do


class Choices(NamedTuple):
    """What a stage of some depth may be: its scores (N,) and its costs (budgets × N)."""

    scores: Array
    costs: Array


class Relaxation:
    """Bounds for chosen depths, one of a stage.

    Args:
        ends: Of every stage the widths of input and output of all its choices (N × 2). Stages are
            joined where the output of one is the input of the next.
        choices: What stage ``i`` may be in a depth, in the order of its ends.
        of_depths: What all depths together add to the score.
        limits: What the sums of costs should not exceed.
    """

    def __init__(
        self,
        ends: Iterable[Widths],
        choices: Callable[[int, int], Choices],
        of_depths: Callable[[Depths], float],
        limits: Array,
    ) -> None:
        inputs, outputs = zip(*(of_stage.T for of_stage in ends), strict=True)
        joints = map(np.union1d, [inputs[0], *outputs], [*inputs, outputs[-1]])
        self._pairs = [
            _Pairs(np.searchsorted(before, i), np.searchsorted(after, o), len(before), len(after))
            for i, o, (before, after) in zip(inputs, outputs, pairwise(joints), strict=True)
        ]
        self._choices = choices
        self._of_depths = of_depths
        self._limits = limits

    def bounds(self, several: Iterable[Depths], multipliers: Array) -> dict[Depths, float]:
        """By depths, what no choice of widths within the budgets exceeds."""
        several = list(several)
        best: dict[Depths, Array] = {(): np.zeros(self._pairs[0].shape[0])}
        matrix = cache(lambda i, depth: self._matrix(i, depth, multipliers))
        for i in range(len(self._pairs)):
            begun = {depths[: i + 1] for depths in several}
            best = {d: (best[d[:-1]][:, None] + matrix(i, d[-1])).max(axis=0) for d in begun}
        at_limits = multipliers @ self._limits
        return {d: float(best[d].max() + at_limits + self._of_depths(d)) for d in several}

    def multipliers(self, depths: Depths, start: Array, reached: float) -> Array:
        """Those that make the bound for these depths least, or at most ``reached``.

        Subgradient steps (Held, Wolfe and Crowder, Mathematical Programming 6, 1974): as long as
        would lead to ``reached``, were the bound linear, and half as long where that overshoots.
        """
        at, best, least, length = start, start, np.inf, 1.0
        for _ in range(_STEPS):
            bound, costs = self._path(depths, at)
            if bound < least:
                least, best, uphill = bound, at, costs - self._limits
            else:
                length /= 2
            if least <= reached or not (steep := uphill @ uphill):
                break
            at = np.maximum(best + length * (least - reached) / steep * uphill, 0)
        return best

    def _matrix(self, i: int, depth: int, multipliers: Array) -> Array:
        """The best of every pair of ends (inputs × outputs)."""
        scores, costs = self._choices(i, depth)
        return self._pairs[i].best(scores - multipliers @ costs)

    def _path(self, depths: Depths, multipliers: Array) -> tuple[float, Array]:
        """The bound for some depths, and the costs of the choices that it is of."""
        matrices = [self._matrix(i, depth, multipliers) for i, depth in enumerate(depths)]
        best = [np.zeros(len(matrices[0]))]
        for matrix in matrices:
            best.append((best[-1][:, None] + matrix).max(axis=0))
        end, total = int(best[-1].argmax()), np.zeros(len(self._limits))
        bound = float(best[-1][end] + multipliers @ self._limits + self._of_depths(depths))
        for i in reversed(range(len(matrices))):
            begin = int((best[i] + matrices[i][:, end]).argmax())
            scores, costs = self._choices(i, depths[i])
            total += costs[:, self._pairs[i].best_at(scores - multipliers @ costs, begin, end)]
            end = begin
        return bound, total


class _Pairs:
    """Which choices of a stage begin and end with the same widths.

    Args:
        inputs: Of every choice, which of the widths before the stage it begins with.
        outputs: Which of those behind it.
        num_inputs: How many there are before it.
        num_outputs: How many there are behind it.
    """

    def __init__(self, inputs: Widths, outputs: Widths, num_inputs: int, num_outputs: int) -> None:
        self.shape = num_inputs, num_outputs
        self._cells = inputs * num_outputs + outputs
        self._order = np.argsort(self._cells, kind='stable')
        self._filled, self._firsts = np.unique(self._cells[self._order], return_index=True)

    def best(self, values: Array) -> Array:
        """The highest value of each pair (inputs × outputs); -inf where there is no choice."""
        found = np.full(self.shape, -np.inf)
        found.flat[self._filled] = np.maximum.reduceat(values[self._order], self._firsts)
        return found

    def best_at(self, values: Array, begin: int, end: int) -> int:
        """The choice with the highest value of one pair."""
        among = np.flatnonzero(self._cells == begin * self.shape[1] + end)
        return int(among[values[among].argmax()])
