"""How a gradient depends on the feature it is taken to: polynomials of the feature's deviation.

With d a feature's deviation from its mean, energies are parabolas a + b d + c d² and amplitudes are
lines a + b d, given by coefficients. An activation multiplies them by its slope, a sum averages
them over its other term, and what comes of that is another pair of functions, a *basis* that the
old coefficients belong to, until it is replaced by the nearest parabola and line.

Shapes: G values of the grid, 3 coefficients of an energy, 2 of an amplitude.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pisnas_mm.receptive.activations import activation, slope
from pisnas_mm.receptive.features import (
    GRID,
    STANDARD,
    ZERO,
    Array,
    Feature,
    chance_of_largest,
    convolved,
)

_MANY = 1 << 12


@dataclass(frozen=True, eq=False)
class Basis:
    """The functions on ``GRID`` that coefficients belong to; looked up as an object."""

    energy: Array  # (3, G)
    amplitude: Array  # (2, G)


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
def of_term(basis: Basis, term: Feature, other: Feature) -> Basis:
    """The functions of a sum as those of one of its terms: E[f(term + other)], as polynomials."""
    change, d = nearest(basis, term, other), powers(term)
    return Basis(change.energy.T @ d.energy, change.amplitude.T @ d.amplitude)


@lru_cache(_MANY)
def where_largest(basis: Basis, x: Feature) -> Basis:
    """The functions times the probability that a value of this feature is the largest of four."""
    chosen = chance_of_largest(x)
    return Basis(basis.energy * chosen, basis.amplitude * chosen)


class Change(NamedTuple):
    """Matrices from coefficients in one basis to those in another."""

    energy: Array  # (3, 3)
    amplitude: Array  # (2, 2)
    shared: Array  # (3, 3): as products of two amplitudes change


@lru_cache(_MANY)
def nearest(basis: Basis, term: Feature, other: Feature | None = None) -> Change:
    """To the powers of ``term``'s deviation: least squares for E[f(term + other)], f in a basis."""
    weights = term.density * (GRID - term.mean) ** np.arange(3)[:, None]  # (3, G): d⁰ to d²
    if other is not None:
        weights = np.stack([convolved(w, other.density) for w in weights])
    return change_to(term, weights @ basis.energy.T, weights[:2] @ basis.amplitude.T)


def change_to(x: Feature, energy: Array, amplitude: Array) -> Change:
    """To the powers of x's deviation d, from averages E[d^i f], (3, 3) and (2, 2)."""
    means = (x.density * (GRID - x.mean) ** np.arange(5)[:, None]).sum(axis=1)
    normal = means[np.add.outer(range(3), range(3))]  # (3, 3)
    energy = np.linalg.solve(normal, energy)
    amplitude = np.linalg.solve(normal[:2, :2], amplitude)
    return Change(energy, amplitude, squared(amplitude))


def squared(amplitude: Array) -> Array:
    """How squares of amplitudes change where these do by a matrix, (3, 3)."""
    (k, m), (n, p) = amplitude
    return np.array(
        [[k * k, k * m, m * m], [2 * k * n, k * p + m * n, 2 * m * p], [n * n, n * p, p * p]]
    )


class Moments(NamedTuple):
    """Averages over what a batch norm gives, z: a weight for each coefficient.

    ``removed_energy`` and ``removed_shared`` say how much energy batch norm's own backward pass
    removes, of the energy's sum and of what inputs share: as the mean, and as the part along z.
    """

    energy: Array  # (3,): E[f]
    amplitude: Array  # (2, 2): E[f] and E[z f]
    shared: Array  # (3,): E[f]², for products of amplitudes
    removed_energy: Array  # (2, 3)
    removed_shared: Array  # (2, 3)


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
    removed_shared = shared * [[1 - 1 / batch_size], [1]]
    return Moments(energy[0], amplitude, shared[0], energy / batch_size, removed_shared)


@lru_cache(_MANY)
def slope_moments(act: str | None, s: Feature) -> tuple[float, float, float]:
    """E[φ'], E[s φ'] and E[φ'²] of an activation φ's slope over its input s."""
    once = slope(act, GRID, 1) * s.density
    return float(once.sum()), float(once @ GRID), float(slope(act, GRID, 2) @ s.density)
