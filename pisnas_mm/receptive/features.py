"""How the features of a wide random network are distributed: forward rules, an operation each.

Over channels, positions and inputs, and for weights drawn at random, a batch-normalised convolution
gives N(0, 1), and the terms of a sum are independent.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache
from math import erf, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.blocks.graph import (
    Act,
    Add,
    Chunk,
    Concat,
    Conv,
    Input,
    MaxPool2x2,
    Multiply,
    Norm,
    SpaceToDepth,
)
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.receptive.steps import STEPS, Step, Steps

Array = NDArray[np.float64]

# Values a feature can take. The upper end leaves room for sums along a hundred residual blocks.
_PER_UNIT = 16
ZERO = 8 * _PER_UNIT  # the index of the value 0
GRID: Array = np.arange(-ZERO, 40 * _PER_UNIT) / _PER_UNIT


class Feature:
    """The distribution of a value: mean, variance, and its probabilities on ``GRID`` if needed."""

    def __init__(self, mean: float, var: float, density: Callable[[], Array] | None = None) -> None:
        self.mean = mean
        self.var = var
        self._density = density

    @cached_property
    def density(self) -> Array:
        """Probability of every grid value; normal where nothing better is known."""
        return self._density() if self._density else _normal(self.mean, self.var)

    @classmethod
    def from_density(cls, density: Array) -> 'Feature':
        """The feature with these probabilities."""
        mean = float(density @ GRID)
        return cls(mean, float(density @ (GRID - mean) ** 2), lambda: density)


STANDARD = Feature(0.0, 1.0)
"""What the image is, and what a batch norm gives."""


def activation(act: str | None, z: Array) -> Array:
    """The activation's value."""
    match act:
        case None:
            return z
        case 'relu':
            return np.maximum(z, 0)
        case 'silu':
            return z / (1 + np.exp(-z))
        case 'gelu':
            return z * _normal_cdf(z)
        case 'hardswish':
            return z * np.clip((z + 3) / 6, 0, 1)
    raise ValueError(f'the closed form knows no activation {act!r}; use the Monte-Carlo score')


def slope(act: str | None, z: Array, power: int = 1) -> Array:
    """The activation's derivative, to a power; at a kink the mean of both sides."""
    match act:
        case None:
            return np.ones_like(z)
        case 'relu':
            return np.heaviside(z, 0.5)
        case 'silu':
            sigmoid = 1 / (1 + np.exp(-z))
            return (sigmoid * (1 + z * (1 - sigmoid))) ** power
        case 'gelu':
            return (_normal_cdf(z) + z * np.exp(-z * z / 2) / sqrt(2 * pi)) ** power
        case 'hardswish':
            from_below, from_above = np.heaviside(z + 3, 0.5), np.heaviside(z - 3, 0.5)
            return (from_below - from_above) * ((2 * z + 3) / 6) ** power + from_above
    raise ValueError(f'the closed form knows no activation {act!r}; use the Monte-Carlo score')


def _normal_cdf(z: Array) -> Array:
    return np.array([0.5 + 0.5 * erf(x / sqrt(2)) for x in z.tolist()])


def gate_factor(step: Step) -> float:
    """What a random gate multiplies by: its last activation at 0, which its weights average to.

    Raises:
        ValueError: The activation is no gate's.
    """
    if step.act not in ('sigmoid', 'hardsigmoid'):
        raise ValueError(
            f'the closed form knows no gate of {step.act!r}; use the Monte-Carlo score'
        )
    return 0.5


@lru_cache(1 << 12)
def features(steps: Steps, x: Feature) -> list[Feature]:
    """The feature after every step of a block whose input is ``x``."""
    values: list[Feature] = []
    for step in steps:
        sources = [values[i] for i in step.sources] or [x]
        values.append(_RULES[step.op](step, sources))
    return values


@lru_cache(1 << 14)
def outputs(steps: Steps, times: int, x: Feature) -> list[Feature]:
    """The features before, between and after ``times`` equal cells in a row. Not to be changed."""
    if times == 0:
        return [x]
    before = outputs(steps, times - 1, x)
    return [*before, features(steps, before[-1])[-1]]


def batch_variance(step: Step, x: Feature, side: int) -> float:
    """What batch norm divides a convolution's output by, for weights of variance 1 / (c_in k²).

    Far from the borders it is the input's variance. At the borders taps fall on zeros: fewer terms
    add up, and as the input's mean is missing there, the output's mean differs from place to place.

    Args:
        step: The convolution.
        x: Its input, of ``side``² positions.
        side: See there.
    """
    inside, varying = _inside(step.kernel_size, step.stride, side)
    return x.var * inside + x.mean**2 * varying


@lru_cache(1 << 10)
def _inside(kernel_size: int, stride: int, side: int) -> tuple[float, float]:
    """Means of f and f (1 − f) over a kernel's taps, which are inside at a share f of positions."""
    starts = np.arange(0, side, stride)
    taps = np.arange(kernel_size)[:, None] - kernel_size // 2
    shares = ((starts + taps >= 0) & (starts + taps < side)).mean(axis=1)
    inside = np.outer(shares, shares)
    return float(inside.mean()), float((inside * (1 - inside)).mean())


@lru_cache
def after_norm(act: str | None) -> Feature:
    """The activation of a standard normal: what a convolution gives."""
    if act is None:
        return STANDARD
    z = np.linspace(-8, 8, 4001)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    y = activation(act, z)
    mean = float(weight @ y)
    var = float(weight @ (y - mean) ** 2)
    return Feature(mean, var, lambda: _pushed(STANDARD.density, act))


def _after_conv(step: Step, sources: list[Feature]) -> Feature:
    return after_norm(step.act)


def _after_norm(step: Step, sources: list[Feature]) -> Feature:
    return _standardised(sources[0])


def _after_act(step: Step, sources: list[Feature]) -> Feature:
    return _activated(sources[0], step.act)


def _after_add(step: Step, sources: list[Feature]) -> Feature:
    return _sum(*sources)


def _after_concat(step: Step, sources: list[Feature]) -> Feature:
    mean = sum(s * x.mean for s, x in zip(step.shares, sources, strict=True))
    var = sum(s * x.var for s, x in zip(step.shares, sources, strict=True))
    return Feature(mean, var)


def _after_multiply(step: Step, sources: list[Feature]) -> Feature:
    factor = gate_factor(step)
    return Feature(factor * sources[0].mean, factor**2 * sources[0].var)


def _after_max_pool(step: Step, sources: list[Feature]) -> Feature:
    return _largest(sources[0])


def _unchanged(step: Step, sources: list[Feature]) -> Feature:
    return sources[0]


_RULES: Walk[Callable[[Step, list[Feature]], Feature]] = Walk(
    'the closed form of features',
    {
        Input: _unchanged,
        Conv: _after_conv,
        Norm: _after_norm,
        Act: _after_act,
        Add: _after_add,
        Concat: _after_concat,
        Chunk: _unchanged,
        Multiply: _after_multiply,
        SpaceToDepth: _unchanged,
        MaxPool2x2: _after_max_pool,
    },
    refused=STEPS.refused,
    remedy=STEPS.remedy,
)


@lru_cache(1 << 12)
def _activated(x: Feature, act: str | None) -> Feature:
    return Feature.from_density(_pushed(x.density, act))


@lru_cache(1 << 12)
def largest_of_four(x: Feature) -> Array:
    """How probable it is, for every grid value, to be the one that is chosen of 2×2 positions.

    Neighbours are taken for independent: what the outputs of a convolution have in common are
    products of different taps' weights, which have no mean. One of equal values is chosen at
    random. This is (F⁴ − G⁴) / (4 p), F being the distribution function, p the probability of the
    value and G = F − p.
    """
    upto = np.cumsum(x.density)
    below = upto - x.density
    return (upto + below) * (upto**2 + below**2) / 4


@lru_cache(1 << 12)
def _largest(x: Feature) -> Feature:
    return Feature.from_density(4 * x.density * largest_of_four(x))


@lru_cache(1 << 12)
def _standardised(x: Feature) -> Feature:
    """The feature as batch norm leaves it: its own distribution, moved and scaled."""
    return Feature(0.0, 1.0, lambda: _scattered(x.density, (GRID - x.mean) / sqrt(x.var)))


@lru_cache(1 << 12)
def _sum(a: Feature, b: Feature) -> Feature:
    return Feature(a.mean + b.mean, a.var + b.var, lambda: _density_of_sum(a.density, b.density))


def _normal(mean: float, var: float) -> Array:
    density = np.exp(-((GRID - mean) ** 2) / (2 * var))
    return density / density.sum()


def _pushed(density: Array, act: str | None) -> Array:
    """Distribution of the activation of a value."""
    at = np.rint((activation(act, GRID) - GRID[0]) * _PER_UNIT).astype(int)
    return np.bincount(at, density, GRID.size).astype(np.float64)


def _scattered(density: Array, values: Array) -> Array:
    """Distribution of values, each shared by the two grid points that it lies between."""
    at = np.clip((values - GRID[0]) * _PER_UNIT, 0, GRID.size - 1.001)
    below = at.astype(int)
    above = density * (at - below)
    of_below = np.bincount(below, density - above, GRID.size)
    return (of_below + np.bincount(below + 1, above, GRID.size)).astype(np.float64)


def _density_of_sum(a: Array, b: Array) -> Array:
    return np.convolve(a, b)[ZERO : ZERO + GRID.size]
