"""Which of two equally dear detectors is better: how often a score says so, with intervals.

A score that only follows the cost is worth nothing to a search within a budget. So detectors are
compared in pairs of nearly equal cost in an equal setting, and what is left of a score's order when
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
    settings: ArrayLike,
    costs: ArrayLike,
    *,
    same_family: bool,
    tolerance: float = TOLERANCE,
) -> Pairs:
    """All pairs of different models in an equal setting whose costs are nearly equal.

    Args:
        models: Of every row of the results.
        families: Of every row.
        settings: Of every row, such as its resolution.
        costs: Of every row, such as MACs or milliseconds; greater than 0.
        same_family: Whether the pairs are within families, or of two families.
        tolerance: See ``TOLERANCE``.
    """
    numbers = np.unique(models, return_inverse=True)[1]
    family, setting, log_cost = np.asarray(families), np.asarray(settings), np.log(costs)
    first, second = np.triu_indices(len(numbers), 1)
    chosen = (
        (numbers[first] != numbers[second])
        & (setting[first] == setting[second])
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


class PairSampling:
    """Bootstrap samples of the models that pairs are of, or of groups of them, such as families.

    Resampled are models and not pairs: those of one model stand and fall together, and so do all
    settings of it. All scores are judged by the same samples.

    Args:
        pairs: The pairs.
        groups: The group of every model, by its number; None resamples the models themselves.
        num_resamples: How many samples.
        seed: Of the samples.
    """

    def __init__(
        self,
        pairs: Pairs,
        groups: Sequence[int] | None = None,
        num_resamples: int = 1000,
        seed: int = 0,
    ) -> None:
        members = pairs.models if groups is None else np.asarray(groups)[pairs.models]  # (P, 2)
        num = int(members.max(initial=0)) + 1
        drawn = np.random.default_rng(seed).integers(num, size=(num_resamples, num))
        counts = np.stack([np.bincount(sample, minlength=num) for sample in drawn])  # (B, num)
        first, second = counts[:, members[:, 0]], counts[:, members[:, 1]]  # (B, P)
        # A pair within a group is there as often as the group; another as both of its groups.
        self._weights = np.where(members[:, 0] == members[:, 1], first, first * second)

    def accuracy(self, agreed: Array) -> Estimate:
        """The share of pairs that a score orders rightly, with its interval.

        Args:
            agreed: What ``agreements`` says of each pair.
        """
        if not len(agreed):
            return Estimate(*[float('nan')] * 3)
        totals = self._weights.sum(axis=1)
        held = totals > 0  # samples without a pair say nothing
        shares = self._weights[held] @ agreed / totals[held]
        return interval(float(agreed.mean()), shares)


def residual_tau(scores: ArrayLike, accuracies: ArrayLike, costs: ArrayLike) -> float:
    """Kendall's τ of what a parabola in the logarithm of the cost does not explain of either."""
    log_cost = np.log(costs)
    powers = np.stack([log_cost**i for i in range(3)], axis=1)  # (models, 3)

    def residual(values: ArrayLike) -> Array:
        values = np.asarray(values, float)
        return values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]

    return kendall_tau(residual(scores), residual(accuracies))
