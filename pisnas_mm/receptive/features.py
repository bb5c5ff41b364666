"""Features: the distribution of a value over channels, positions, inputs and random weights.

Shapes: G values of the grid that distributions are given on.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Values a feature can take. The upper end leaves room for sums along a hundred residual blocks.
_PER_UNIT = 16
ZERO = 8 * _PER_UNIT  # the index of the value 0
GRID: Array = np.arange(-ZERO, 40 * _PER_UNIT) / _PER_UNIT  # (G,)


class Feature:
    """The distribution of a value: mean, variance, and its probabilities on ``GRID`` if needed."""

    def __init__(self, mean: float, var: float, density: Callable[[], Array] | None = None) -> None:
        self.mean = mean
        self.var = var
        self._density = density

    @cached_property
    def density(self) -> Array:
        """Probability of every grid value, (G,); normal where nothing better is known."""
        return self._density() if self._density else _normal(self.mean, self.var)

    @classmethod
    def from_density(cls, density: Array) -> 'Feature':
        """The feature with these probabilities."""
        mean = float(density @ GRID)
        return cls(mean, float(density @ (GRID - mean) ** 2), lambda: density)


STANDARD = Feature(0.0, 1.0)
"""What the image is, and what a batch norm gives."""


def _normal(mean: float, var: float) -> Array:
    density = np.exp(-((GRID - mean) ** 2) / (2 * var))
    return density / density.sum()


def rounded(density: Array, values: Array) -> Array:
    """Distribution of a function of a feature, ``values`` on the grid: each at the nearest one."""
    at = np.rint((values - GRID[0]) * _PER_UNIT).astype(int)
    return np.bincount(at, density, GRID.size).astype(np.float64)


def shared_out(density: Array, values: Array) -> Array:
    """The same, each value shared by the two grid points that it lies between."""
    at = np.clip((values - GRID[0]) * _PER_UNIT, 0, GRID.size - 1.001)
    below = at.astype(int)
    above = density * (at - below)
    of_below = np.bincount(below, density - above, GRID.size)
    return (of_below + np.bincount(below + 1, above, GRID.size)).astype(np.float64)


def convolved(a: Array, b: Array) -> Array:
    """Distribution of a sum of independent features."""
    return np.convolve(a, b)[ZERO : ZERO + GRID.size]


@lru_cache(1 << 12)
def chance_of_largest(x: Feature) -> Array:
    """How probable it is, for every grid value, to be the one that is chosen of 2×2 positions.

    Neighbours are taken for independent: what the outputs of a convolution have in common are
    products of different taps' weights, which have no mean. One of equal values is chosen at
    random. This is (F⁴ − G⁴) / (4 p), F being the distribution function, p the probability of the
    value and G = F − p.
    """
    upto = np.cumsum(x.density)
    below = upto - x.density
    return (upto + below) * (upto**2 + below**2) / 4
