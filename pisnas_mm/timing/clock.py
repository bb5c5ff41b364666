"""Times that can be compared: warmed up, taken in turns, and told by their median."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.latency.table import Timed

Run = Callable[[], object]
"""Does something once, and returns when it is done."""

Clock = Callable[[], float]
"""Gives seconds since some time."""

LOUD = 0.1  # a spread that tells of a disturbance
ATTEMPTS = 4  # to time something undisturbed
LEAST = 2e-3  # seconds of one reading of the clock: what is shorter is repeated within it


def timed(runs: Sequence[Run], repeats: int, now: Clock | None = None) -> list[Timed]:
    """Time several things in turns, so that what slows the machine down slows all of them down.

    Where something else has disturbed, what it disturbed is timed again, and the quietest counts.

    Args:
        runs: What is timed. Each runs twice before, so that memory and code are there.
        repeats: How often each is timed; the median is its time.
        now: Gives seconds; None is the clock on the wall.
    """
    now = now or time.perf_counter
    inner = []
    for run in runs:
        run()
        inner.append(max(1, int(LEAST / max(_seconds(run, 1, now), 1e-6))))
    found: dict[int, Timed] = {}
    for _ in range(ATTEMPTS):
        loud = [i for i in range(len(runs)) if i not in found or found[i].spread > LOUD]
        if not loud:
            break
        readings = [
            [_seconds(runs[i], inner[i], now) / inner[i] for i in loud] for _ in range(repeats)
        ]
        for i, column in zip(loud, np.array(readings).T, strict=True):
            again = _summed_up(column)
            if i not in found or again.spread < found[i].spread:
                found[i] = again
    return [found[i] for i in range(len(runs))]


def _seconds(run: Run, times: int, now: Clock) -> float:
    start = now()
    for _ in range(times):
        run()
    return now() - start


def _summed_up(seconds: NDArray[np.float64]) -> Timed:
    low, median, high = np.percentile(seconds, (25, 50, 75))
    return Timed(float(f'{1e3 * median:.5g}'), float(f'{(high - low) / median:.2g}'))
