"""Sums of a value x and of one that was made of it channel by channel: dependent terms.

A residual around RepVGG blocks is such a sum, x + r: their branches include a normalised x. Where
only norms, activations and sums lead from x to r, r's distribution is known given x, and so is its
slope T = ∂r/∂x. What arrives at the sum as g comes back to x as (1 + T) g, with the energy
(1 + 2 T + T²) g²: r's own way back brings T² g², and 2 T g² goes with the shortcut.

Shapes: R values of x that have a probability, G of the grid.
"""

from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.blocks.graph import Act, Add, Norm
from pisnas_mm.receptive.activations import activation, slope
from pisnas_mm.receptive.features import GRID, ZERO, Array, Feature, rounded, shared_out
from pisnas_mm.receptive.polynomials import Basis, Change, change_to
from pisnas_mm.receptive.steps import Steps

_LEAST = 1e-7  # a value's probability below which it is left out


class _Given(NamedTuple):
    """A value's probabilities given x, and these times its slope with respect to x: (R, G)."""

    density: Array
    sloped: Array


class Shortcut(Feature):
    """The feature of such a sum, and what is known of its terms together.

    Args:
        steps: The cell.
        at: The sum's number.
        values: The features before it.
    """

    def __init__(self, steps: Steps, at: int, values: list[Feature]) -> None:
        source = steps.shortcuts[at]
        (branch,) = (i for i in steps[at].sources if i != source)
        self.term, self.other = values[source], values[branch]
        self.rows = np.flatnonzero(self.term.density > _LEAST)
        self.weights = self.term.density[self.rows]  # (R,)
        self.given = _given(steps, source, branch, values, self.rows)
        means = self.given.density @ GRID
        covariance = float(self.weights @ ((GRID[self.rows] - self.term.mean) * means))
        super().__init__(
            self.term.mean + self.other.mean,
            self.term.var + self.other.var + 2 * covariance,
            self._summed,
        )

    @property
    def sums(self) -> NDArray[np.intp]:
        """On the grid, where x + r lies: (R, G)."""
        at = self.rows[:, None] + np.arange(GRID.size) - ZERO
        return np.clip(at, 0, GRID.size - 1)

    @property
    def slope(self) -> float:
        """E[T]."""
        return float(self.weights @ self.given.sloped.sum(axis=1))

    def _summed(self) -> Array:
        joint = self.weights[:, None] * self.given.density
        return np.bincount(self.sums.ravel(), joint.ravel(), GRID.size).astype(np.float64)


class Split(NamedTuple):
    """How coefficients at the sum become those at its terms."""

    term: Change  # of x
    sloped: Change  # of x, times T
    other: Change  # of r


@lru_cache(1 << 12)
def split(total: Shortcut, basis: Basis) -> Split:
    """The nearest polynomials of E[f(x + r) | x], E[T f(x + r) | x] and E[f(x + r) | r]."""
    f = np.concatenate([basis.energy, basis.amplitude])[:, total.sums]  # (5, R, G)
    x = (GRID[total.rows] - total.term.mean) ** np.arange(3)[:, None]  # (3, R)
    r = (GRID - total.other.mean) ** np.arange(3)[:, None]  # (3, G)
    joint, sloped = (total.weights[:, None] * part for part in total.given)
    of_x, of_t, of_r = (
        x @ np.einsum('rg,krg->rk', joint, f),
        x @ np.einsum('rg,krg->rk', sloped, f),
        r @ np.einsum('rg,krg->gk', joint, f),
    )
    return Split(
        change_to(total.term, of_x[:, :3], of_x[:2, 3:]),
        change_to(total.term, of_t[:, :3], of_t[:2, 3:]),
        change_to(total.other, of_r[:, :3], of_r[:2, 3:]),
    )


def _given(
    steps: Steps, source: int, branch: int, values: list[Feature], rows: NDArray[np.intp]
) -> _Given:
    """The branch's value given the source's."""
    itself = np.zeros((len(rows), GRID.size))
    itself[np.arange(len(rows)), rows] = 1
    known = {source: _Given(itself, itself)}
    for i in range(source + 1, branch + 1):
        step, parts = steps[i], [known[j] for j in steps[i].sources if j in known]
        if not parts:
            continue
        if step.op is Norm:
            known[i] = _through_norm(parts[0], values[step.sources[0]])
        elif step.op is Act:
            known[i] = _through_act(parts[0], step.act)
        elif step.op is Add:
            p, q = (
                known.get(j) or _Given(values[j].density[None], np.zeros((1, GRID.size)))
                for j in step.sources
            )
            known[i] = _Given(
                _convolved(p.density, q.density),
                _convolved(p.sloped, q.density) + _convolved(p.density, q.sloped),
            )
    return known[branch]


def _through_norm(given: _Given, x: Feature) -> _Given:
    deviation = sqrt(x.var)
    density, sloped = (
        np.stack([shared_out(row, (GRID - x.mean) / deviation) for row in part]) for part in given
    )
    return _Given(density, sloped / deviation)


def _through_act(given: _Given, act: str | None) -> _Given:
    values = activation(act, GRID)
    sloped = given.sloped * slope(act, GRID)
    density, sloped = (
        np.stack([rounded(row, values) for row in part]) for part in (given.density, sloped)
    )
    return _Given(density, sloped)


def _convolved(a: Array, b: Array) -> Array:
    """Distributions of sums, row by row: (R, G)."""
    size = 2 * GRID.size
    product = np.fft.rfft(a, size) * np.fft.rfft(b, size)
    return np.fft.irfft(product, size)[:, ZERO : ZERO + GRID.size]
