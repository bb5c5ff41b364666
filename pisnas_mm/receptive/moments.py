"""How a gradient depends on the feature it is taken to: polynomials of the feature's deviation.

With d a feature's deviation from its mean, energies are parabolas a + b d + c d² and amplitudes are
lines a + b d; both are given by their coefficients. An activation multiplies them by its slope, and
what comes of that is replaced by the nearest parabola or line, on average over the feature.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pisnas_mm.receptive.features import (
    GRID,
    STANDARD,
    ZERO,
    Array,
    Feature,
    activation,
    largest_of_four,
    slope,
)

_MANY = 1 << 12


class Basis:
    """The functions on ``GRID`` that coefficients belong to: of energies (3), of amplitudes (2)."""

    def __init__(self, energy: Array, amplitude: Array) -> None:
        self.energy = energy
        self.amplitude = amplitude


@lru_cache(_MANY)
def powers(x: Feature) -> Basis:
    """1, d and d²."""
    d = GRID - x.mean
    return Basis(np.stack([d**0, d, d**2]), np.stack([d**0, d]))


_POSITIVE = np.heaviside(GRID, 0.0)
RECTIFIED = Basis(np.outer([1.0, 0.0, 0.0], _POSITIVE), np.outer([1.0, 0.0], _POSITIVE))
"""Where a feature is positive: the ReLU under the mean over channels."""


@lru_cache(_MANY)
def before(basis: Basis, act: str | None) -> Basis:
    """The functions as those of an activation's input, times its slope (energies: squared)."""
    if act is None:
        return basis
    after = activation(act, GRID)
    if act == 'relu' and basis is RECTIFIED:
        after = np.maximum(after, GRID[ZERO + 1])  # at the kink only what is above it passes
    energy, amplitude = (
        np.stack([np.interp(after, GRID, f) for f in functions])
        for functions in (basis.energy, basis.amplitude)
    )
    return Basis(energy * slope(act, GRID, 2), amplitude * slope(act, GRID, 1))


@lru_cache(_MANY)
def where_largest(basis: Basis, x: Feature) -> Basis:
    """The functions times the probability that a value of this feature is the largest of four."""
    chosen = largest_of_four(x)
    return Basis(basis.energy * chosen, basis.amplitude * chosen)


class Moments(NamedTuple):
    """What is averaged over what a norm gives, z; a weight for each function.

    ``energy``: E[f]. ``amplitude``: E[f] and E[z f]. ``shared``: E[f]², for products of amplitudes.
    What batch norm takes off, as its mean and as its part along z: ``off_energy`` and
    ``off_shared``, of the energy's sum and of what inputs share.
    """

    energy: Array  # (3,)
    amplitude: Array  # (2, 2)
    shared: Array  # (3,)
    off_energy: Array  # (2, 3)
    off_shared: Array  # (2, 3)


@lru_cache(_MANY)
def moments(basis: Basis, act: str | None, batch_size: float, z: Feature = STANDARD) -> Moments:
    """The moments for a gradient in a basis of the activation's output."""
    f = before(basis, act)
    weight = z.density
    energy = np.stack([weight, weight * GRID**2]) @ f.energy.T
    amplitude = np.stack([weight, weight * GRID]) @ f.amplitude.T
    one, d = amplitude.T
    shared = np.stack([one**2, one * d, d**2], axis=1)
    # Means over the batch keep what inputs share, and 1 / batch_size of the rest.
    off_shared = shared * [[1 - 1 / batch_size], [1]]
    return Moments(energy[0], amplitude, shared[0], energy / batch_size, off_shared)


class Slopes(NamedTuple):
    """Averages of an activation's slope over its input s: E[φ'], E[s φ'] and E[φ'²]."""

    mean: float
    along: float
    square: float

    @property
    def variance(self) -> float:
        """Of the slope, apart from the part of it that is proportional to a standard normal s."""
        return max(self.square - self.mean**2 - self.along**2, 0.0)


@lru_cache(_MANY)
def slopes(act: str | None, s: Feature) -> Slopes:
    """The averages over a feature."""
    once = slope(act, GRID, 1) * s.density
    return Slopes(float(once.sum()), float(once @ GRID), float(slope(act, GRID, 2) @ s.density))


class Onto(NamedTuple):
    """Matrices from coefficients to those of 1, d and d²; see ``Moments``."""

    energy: Array  # (3, 3)
    amplitude: Array  # (2, 2)
    shared: Array  # (3, 3)


@lru_cache(_MANY)
def of_term(basis: Basis, term: Feature, other: Feature) -> Basis:
    """The functions of a sum as those of one of its terms: E[f(term + other)], as polynomials."""
    matrices, d = onto(basis, term, other), powers(term)
    return Basis(matrices.energy.T @ d.energy, matrices.amplitude.T @ d.amplitude)


@lru_cache(_MANY)
def onto(basis: Basis, term: Feature, other: Feature | None = None) -> Onto:
    """The polynomials of ``term`` nearest to E[f(term + other)], for every f of a basis."""
    d = GRID - term.mean
    weights = term.density * d ** np.arange(5)[:, None]  # d⁰ to d⁴
    means = weights.sum(axis=1)
    normal = means[np.add.outer(range(3), range(3))]
    weights = weights[:3]
    if other is not None:
        weights = np.stack(
            [np.convolve(w, other.density)[ZERO : ZERO + GRID.size] for w in weights]
        )
    energy = np.linalg.solve(normal, weights @ basis.energy.T)
    amplitude = np.linalg.solve(normal[:2, :2], weights[:2] @ basis.amplitude.T)
    (k, m), (n, p) = amplitude
    shared = np.array(
        [[k * k, k * m, m * m], [2 * k * n, k * p + m * n, 2 * m * p], [n * n, n * p, p * p]]
    )
    return Onto(energy, amplitude, shared)
