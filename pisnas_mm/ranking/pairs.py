"""Which of two equally dear detectors is better: how often a score says so, with intervals.

A score that only follows the cost is worth nothing to a search within a budget. So detectors are
compared in pairs of nearly equal cost at equal resolution, and what is left of a score's order when
the cost is taken out of it (τ of residuals) is compared with what is left of the accuracies'.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pisnas_mm.ranking.statistics import Array, Estimate, interval, kendall_tau

TOLERANCE = 0.2  # of the costs of a pair: the dearer one is at most so much dearer


class Pairs(NamedTuple):
    """Pairs of detectors: the models' numbers, and the rows of both in the table of results."""

    models: NDArray[np.intp]  # (P, 2)
    rows: NDArray[np.intp]  # (P, 2)


def matched_pairs(
    models: Sequence[str],
    families: Sequence[str],
    resolutions: Sequence[int],
    costs: ArrayLike,
    *,
    same_family: bool,
    tolerance: float = TOLERANCE,
) -> Pairs:
    """All pairs of different models at equal resolution whose costs are nearly equal.

    Args:
        models: Of every row of the results.
        families: Of every row.
        resolutions: Of every row, in pixels.
        costs: Of every row, such as MACs or milliseconds; greater than 0.
        same_family: Whether the pairs are within families, or of two families.
        tolerance: See ``TOLERANCE``.
    """
    numbers = np.unique(models, return_inverse=True)[1]
    family, size, log_cost = np.asarray(families), np.asarray(resolutions), np.log(costs)
    first, second = np.triu_indices(len(numbers), 1)
    chosen = (
        (numbers[first] != numbers[second])
        & (size[first] == size[second])
        & ((family[first] == family[second]) == same_family)
        & (np.abs(log_cost[first] - log_cost[second]) <= np.log1p(tolerance))
    )
    rows = np.stack([first[chosen], second[chosen]], axis=1)
    return Pairs(numbers[rows], rows)


def agreements(pairs: Pairs, scores: ArrayLike, accuracies: ArrayLike) -> Array:
    """1 for every pair whose better detector has the higher score, 0 for the others, ½ for ties."""
    of_score, of_accuracy = (
        np.sign(np.subtract(*np.asarray(values, float)[pairs.rows].T))
        for values in (scores, accuracies)
    )
    return 0.5 + 0.5 * of_score * of_accuracy


def pairwise_accuracy(
    pairs: Pairs,
    agreed: Array,
    groups: Sequence[int] | None = None,
    num_resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """The share of pairs that a score orders rightly, with a bootstrap interval.

    Resampled are models (or groups of them, such as families), not pairs: those of one model stand
    and fall together, and so do all resolutions of a model.

    Args:
        pairs: The pairs.
        agreed: What ``agreements`` says of each.
        groups: The group of every model, by its number; None resamples the models themselves.
        num_resamples: How many samples.
        seed: Of the samples.
    """
    if not len(agreed):
        return Estimate(*[float('nan')] * 3)
    members = pairs.models if groups is None else np.asarray(groups)[pairs.models]
    num = int(members.max()) + 1
    rng = np.random.default_rng(seed)
    shares = []
    for _ in range(num_resamples):
        counts = np.bincount(rng.integers(num, size=num), minlength=num)
        # A pair within one group is as often there as the group; other pairs as both together.
        weights = np.where(
            members[:, 0] == members[:, 1], counts[members[:, 0]], counts[members].prod(axis=1)
        )
        total = weights.sum()
        shares.append(weights @ agreed / total if total else np.nan)
    return interval(float(agreed.mean()), np.array(shares))


def residual_tau(scores: ArrayLike, accuracies: ArrayLike, costs: ArrayLike) -> float:
    """Kendall's τ of what a parabola in the logarithm of the cost does not explain of either."""
    log_cost = np.log(costs)
    powers = np.stack([log_cost**i for i in range(3)], axis=1)  # (models, 3)

    def residual(values: ArrayLike) -> Array:
        values = np.asarray(values, float)
        return values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]

    return kendall_tau(residual(scores), residual(accuracies))
