"""How sure a mean over a few seeds is, and a difference of two: intervals by Student's t."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An estimate with the ends of its confidence interval."""

    value: float
    low: float
    high: float


def mean_interval(values: Sequence[float]) -> Interval | None:
    """The mean of independent values; None where there are fewer than two."""
    if len(values) < 2:
        return None
    return _around(fmean(values), variance(values) / len(values), len(values) - 1)


def difference_interval(
    values: Sequence[float], others: Sequence[float], compared: int = 1
) -> Interval | None:
    """The mean less the mean of others, whose variance may differ (Welch, Biometrika 34, 1947).

    None where one side has fewer than two. ``compared`` is of how many such intervals all should
    hold together (Bonferroni).
    """
    if min(len(values), len(others)) < 2:
        return None
    a, b = (variance(of) / len(of) for of in (values, others))
    spread = a**2 / (len(values) - 1) + b**2 / (len(others) - 1)
    freedom = (a + b) ** 2 / spread if spread else 1.0
    return _around(fmean(values) - fmean(others), a + b, freedom, compared)


def _around(value: float, squared_error: float, freedom: float, compared: int = 1) -> Interval:
    from scipy.stats import t

    tail = (1 - CONFIDENCE) / 2 / compared
    half = float(t.ppf(1 - tail, freedom)) * sqrt(squared_error)
    return Interval(value, value - half, value + half)
