"""Functions of a feature's value, and how they look from the values it was made of."""

from functools import cached_property, lru_cache

import numpy as np

from pisnas_mm.measures.features import (
    GRID,
    STANDARD,
    ZERO,
    Array,
    Feature,
    activation,
    slope,
)


class Profile:
    """A function of a feature's value, on ``GRID``; equal ones are the same object."""

    def __init__(self, values: Array, age: int = 0, deviation: bool = False) -> None:
        self.values = values
        self.age = age  # activations passed
        self.is_deviation = deviation  # the feature's value less its mean

    def mean(self, feature: Feature) -> float:
        """Its average over a feature's values."""
        return float(self.values @ feature.density)

    @cached_property
    def moments(self) -> tuple[float, float, float]:
        """E[f(z)], E[z f(z)] and E[z² f(z)] over a standard normal z."""
        weighted = STANDARD.density * self.values
        return float(weighted.sum()), float(weighted @ GRID), float(weighted @ GRID**2)


ONE = Profile(np.ones_like(GRID))
POSITIVE = Profile(np.heaviside(GRID, 0.0))  # the ReLU under the mean over channels


@lru_cache(1 << 14)
def before(profile: Profile, act: str | None, power: int) -> Profile:
    """The profile before an activation: times its slope, or its squared slope."""
    if act is None:
        return profile
    values = slope(act, GRID, power)
    if profile is not ONE:
        after = activation(act, GRID)
        if act == 'relu':
            after = np.maximum(after, GRID[ZERO + 1])  # at the kink only what is above it passes
        values = values * np.interp(after, GRID, profile.values)
    return Profile(values, profile.age + 1)


@lru_cache(1 << 14)
def on_term(profile: Profile, term: Feature, other: Feature) -> Profile:
    """A profile of a sum as one of its first term: E[profile(term + other)]."""
    if profile is ONE:
        return ONE
    if profile.is_deviation:
        return deviation(term)
    f = profile.values
    below = f[0] - (f[1] - f[0]) * np.arange(ZERO, 0, -1)
    above = f[-1] + (f[-1] - f[-2]) * np.arange(1, GRID.size - ZERO)
    values = np.correlate(np.concatenate([below, f, above]), other.density, 'valid')
    return Profile(values, profile.age)


@lru_cache(1 << 14)
def line(profile: Profile, x: Feature) -> tuple[float, float]:
    """Mean and slope of the straight line nearest to a profile, over a feature's values."""
    weighted = profile.values * x.density
    return float(weighted.sum()), float(weighted @ (GRID - x.mean)) / x.var


@lru_cache(1 << 14)
def ratio(profile: Profile, other: Profile, x: Feature) -> float:
    """The ratio of two profiles' means."""
    return profile.mean(x) / other.mean(x)


@lru_cache(1 << 14)
def product(f: Profile, g: Profile) -> Profile:
    """The product of two profiles of one feature."""
    return Profile(f.values * g.values)


@lru_cache(1 << 12)
def deviation(x: Feature) -> Profile:
    """The feature's value less its mean."""
    return Profile(GRID - x.mean, deviation=True)
