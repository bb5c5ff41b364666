"""The forward walk: how the features of a wide random network are distributed.

Over channels, positions and inputs, and for weights drawn at random, a batch-normalised convolution
gives N(0, 1), and the terms of a sum are independent. docs/receptive.md leads through it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import sqrt

import numpy as np

from pisnas_mm.blocks.graph import (
    Act,
    Add,
    ChannelShuffle,
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
from pisnas_mm.receptive.activations import activation, gate_factor
from pisnas_mm.receptive.features import (
    GRID,
    STANDARD,
    Feature,
    chance_of_largest,
    convolved,
    rounded,
    shared_out,
)
from pisnas_mm.receptive.shortcuts import Shortcut
from pisnas_mm.receptive.steps import STEPS, Step, Steps


@lru_cache(1 << 12)
def features(steps: Steps, x: Feature) -> list[Feature]:
    """The feature after every step of a cell whose input is ``x``."""
    values: list[Feature] = []
    for i, step in enumerate(steps):
        sources = [values[i] for i in step.sources] or [x]
        if i in steps.shortcuts:
            values.append(Shortcut(steps, i, values))
        else:
            values.append(_RULES[step.op](step, *sources))
    return values


@lru_cache(1 << 14)
def outputs(steps: Steps, times: int, x: Feature) -> list[Feature]:
    """The features before, between and after ``times`` equal cells in a row. Not to be changed."""
    if times == 0:
        return [x]
    before = outputs(steps, times - 1, x)
    return [*before, features(steps, before[-1])[-1]]


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
    return Feature(mean, var, lambda: rounded(STANDARD.density, activation(act, GRID)))


# Remembered, so that equal features are one object: memories compare them as objects.
@lru_cache(1 << 12)
def _standardised(x: Feature) -> Feature:
    return Feature(0.0, 1.0, lambda: shared_out(x.density, (GRID - x.mean) / sqrt(x.var)))


@lru_cache(1 << 12)
def _activated(x: Feature, act: str | None) -> Feature:
    return Feature.from_density(rounded(x.density, activation(act, GRID)))


@lru_cache(1 << 12)
def _largest(x: Feature) -> Feature:
    return Feature.from_density(4 * x.density * chance_of_largest(x))


@lru_cache(1 << 12)
def _sum(x: Feature, y: Feature) -> Feature:
    return Feature(x.mean + y.mean, x.var + y.var, lambda: convolved(x.density, y.density))


def _mixed(shares: Sequence[float], parts: Sequence[Feature]) -> Feature:
    mean = sum(share * x.mean for share, x in zip(shares, parts, strict=True))
    var = sum(share * x.var for share, x in zip(shares, parts, strict=True))
    return Feature(mean, var)


def _times(x: Feature, factor: float) -> Feature:
    return Feature(factor * x.mean, factor**2 * x.var)


_RULES: Walk[Callable[..., Feature]] = Walk(
    'the closed form of features',
    {
        Input: lambda step, x: x,
        Conv: lambda step, x: after_norm(step.act),
        Norm: lambda step, x: _standardised(x),
        Act: lambda step, x: _activated(x, step.act),
        Add: lambda step, x, y: _sum(x, y),
        Concat: lambda step, *parts: _mixed(step.shares, parts),
        Chunk: lambda step, x: x,
        ChannelShuffle: lambda step, x: x,
        Multiply: lambda step, x: _times(x, gate_factor(step.act)),
        SpaceToDepth: lambda step, x: x,
        MaxPool2x2: lambda step, x: _largest(x),
    },
    refused=STEPS.refused,
    remedy=STEPS.remedy,
)
"""What an operation gives, of a step and its sources' features."""


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
    shares = ((starts + taps >= 0) & (starts + taps < side)).mean(axis=1)  # (k,)
    inside = np.outer(shares, shares)  # (k, k)
    return float(inside.mean()), float((inside * (1 - inside)).mean())
