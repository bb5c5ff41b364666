"""How many steps of a successive halving fit into some hours, by the measured pace of everybody."""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pisnas_mm.ranking.halving import rounds_of

MOST = 10**6  # steps of a round


class Pace(NamedTuple):
    """Seconds: to start a training's process, of a round besides its steps, and of a step."""

    start: float
    round: float
    step: float

    def seconds(self, rounds: int, steps: int) -> float:
        """Of so many rounds, of so many steps each, in one process."""
        return self.start + rounds * (self.round + steps * self.step)


def duration(
    groups: Sequence[Sequence[Pace]], rungs: int, seeds: int, at_a_time: int, steps: int
) -> float:
    """Seconds that a halving takes if the slowest are the best, so that at most it takes so long.

    Args:
        groups: Of those who are halved apart.
        rungs: How many.
        seeds: With how many those on the last rung are trained, from the beginning each.
        at_a_time: How many trainings run at once.
        steps: Of a round.
    """
    total, before = 0.0, 0
    for rounds in rounds_of(rungs):
        if before:
            groups = [
                sorted(group, key=lambda of: -of.seconds(rounds, steps))[: -(-len(group) // 2)]
                for group in groups
            ]
        total += makespan((of.seconds(rounds - before, steps) for of in _all(groups)), at_a_time)
        before = rounds
    others = [of.seconds(before, steps) for of in _all(groups)] * (seeds - 1)
    return total + makespan(others, at_a_time)


def steps_within(
    seconds: float, groups: Sequence[Sequence[Pace]], rungs: int, seeds: int, at_a_time: int
) -> int:
    """The most steps a round with which a halving ends in time; 0 where it never does."""

    def lasts(steps: int) -> float:
        return duration(groups, rungs, seeds, at_a_time, steps)

    return bisect_right(range(1, MOST), seconds, key=lasts)


def makespan(seconds: Iterable[float], at_a_time: int) -> float:
    """When the last of some trainings ends, each of which begins when one before has ended."""
    ends = [0.0] * at_a_time
    for of in seconds:
        heapq.heapreplace(ends, ends[0] + of)
    return max(ends)


def _all(groups: Sequence[Sequence[Pace]]) -> list[Pace]:
    return [of for group in groups for of in group]
