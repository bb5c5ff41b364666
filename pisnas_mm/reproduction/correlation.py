"""Kendall's rank correlation, with which the paper relates PR score and accuracy (Figure 5)."""

from collections.abc import Sequence
from itertools import combinations
from math import sqrt


def kendall_tau(a: Sequence[float], b: Sequence[float]) -> float | None:
    """τ-b, which takes ties into account; None where one side has only ties."""
    signs = [
        (_sign(x - y), _sign(u - v)) for (x, u), (y, v) in combinations(zip(a, b, strict=True), 2)
    ]
    untied = [sum(bool(sign) for sign in side) for side in zip(*signs, strict=True)]
    if not signs or not all(untied):
        return None
    return sum(s * t for s, t in signs) / sqrt(untied[0] * untied[1])


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
