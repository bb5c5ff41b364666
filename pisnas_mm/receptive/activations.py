"""Activations, their slopes, and what a random gate comes to."""

from math import erf, pi, sqrt

import numpy as np

from pisnas_mm.blocks.block import LEAK
from pisnas_mm.receptive.features import Array


def activation(act: str | None, z: Array) -> Array:
    """The activation's value."""
    match act:
        case None:
            return z
        case 'relu':
            return np.maximum(z, 0)
        case 'leaky_relu':
            return np.maximum(z, LEAK * z)
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
        case 'leaky_relu':
            below = LEAK**power
            return below + (1 - below) * np.heaviside(z, 0.5)
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


def gate_factor(act: str | None) -> float:
    """What a random gate multiplies by: its last activation at 0, which its weights average to.

    Raises:
        ValueError: The activation is no gate's.
    """
    if act not in ('sigmoid', 'hardsigmoid'):
        raise ValueError(f'the closed form knows no gate of {act!r}; use the Monte-Carlo score')
    return 0.5
