"""A kernel's time between the widths at which it was measured: straight in logarithms."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import product
from math import exp, log

from pisnas_mm.latency.kernels import Widths, work


def corners(widths: Widths, axes: Sequence[Sequence[int]]) -> list[dict[int, float]]:
    """Along every axis, the neighbours of a width on a grid and their weights, which sum to one.

    A width beyond an axis has its end as only neighbour.
    """
    found = []
    for width, axis in zip(widths, axes, strict=True):
        i = bisect_right(axis, width)
        low, high = axis[max(i - 1, 0)], axis[min(i, len(axis) - 1)]
        if width <= low or low == high:
            found.append({low: 1.0})
        else:
            share = log(width / low) / log(high / low)
            found.append({low: 1 - share, high: share})
    return found


def interpolated(widths: Widths, measured: Mapping[Widths, float]) -> float:
    """The time at some widths, from the times at others, which lie on a grid with gaps.

    Beyond the grid, and in its gaps, it grows with the work from the nearest time that is known.
    """
    axes = [sorted({point[i] for point in measured}) for i in range(len(widths))]
    near = corners(widths, axes)
    logarithm, at = 0.0, [0.0] * len(widths)
    for corner in product(*(axis.items() for axis in near)):
        point, weight = tuple(width for width, _ in corner), 1.0
        for _, share in corner:
            weight *= share
        if point not in measured:
            return _from_nearest(widths, measured)
        logarithm += weight * log(measured[point])
        at = [a + weight * log(width) for a, width in zip(at, point, strict=True)]
    return exp(logarithm) * work(widths) / exp(sum(at))


def _from_nearest(widths: Widths, measured: Mapping[Widths, float]) -> float:
    def distance(point: Widths) -> float:
        return sum(log(a / b) ** 2 for a, b in zip(point, widths, strict=True))

    nearest = min(measured, key=distance)
    return measured[nearest] * work(widths) / work(nearest)
