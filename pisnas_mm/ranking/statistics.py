"""How well scores rank what was trained: rank correlations, regret, and bootstrap intervals."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Statistic = Callable[[Array, Array], float]
"""Of scores and accuracies, one each for every architecture; NaN where it is not defined."""

CONFIDENCE = 0.95


def kendall_tau(a: ArrayLike, b: ArrayLike) -> float:
    """Kendall's τ-b, which takes ties into account; NaN where one side has only ties."""
    above = np.triu_indices(np.size(a), 1)
    s, t = (np.sign(np.subtract.outer(x, x))[above] for x in map(np.asarray, (a, b)))
    untied = np.count_nonzero(s) * np.count_nonzero(t)
    return float(s @ t / np.sqrt(untied)) if untied else float('nan')


def spearman_rho(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's ρ: the correlation of ranks, equal values having their mean rank."""
    x, y = (ranks - ranks.mean() for ranks in map(_ranks, (a, b)))
    norm = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / norm) if norm else float('nan')


def regret(scores: ArrayLike, accuracies: ArrayLike, top_k: int) -> float:
    """What is lost by training only a score's ``top_k``: best of all less best of those.

    Equal scores are in no order: of those that tie for the last places each is as likely, and the
    regret is the mean over them.
    """
    scores, accuracies = np.asarray(scores), np.asarray(accuracies)
    least = np.sort(scores)[::-1][top_k - 1]
    surely = accuracies[scores > least]
    tied = np.sort(accuracies[scores == least])
    places = top_k - len(surely)
    # The best of `places` out of n tied ones is the i-th smallest with C(i, places − 1) / C(n, …).
    chances = _chances_of_best(len(tied), places)
    best = np.maximum(tied, surely.max()) if len(surely) else tied
    return float(accuracies.max() - chances @ best)


class Estimate(NamedTuple):
    """A statistic and its interval."""

    value: float
    low: float
    high: float


class Resampling:
    """Bootstrap samples of architectures and, for each of them, of trainings.

    Equal for all scores, so that differences between scores are of the same samples.

    Args:
        accuracies: (architectures, seeds).
        num_resamples: How many samples.
        seed: Of the samples.
    """

    def __init__(self, accuracies: Array, num_resamples: int, seed: int = 0) -> None:
        self.means = accuracies.mean(axis=1)
        rng = np.random.default_rng(seed)
        num, seeds = accuracies.shape
        self._chosen = rng.integers(num, size=(num_resamples, num))
        which = rng.integers(seeds, size=(num_resamples, num, seeds))
        # An architecture that is chosen twice has the same trainings twice: it ties with itself.
        means = accuracies[np.arange(num)[:, None], which].mean(axis=2)
        self._means = np.take_along_axis(means, self._chosen, axis=1)

    def samples(self, scores: Array, statistic: Statistic) -> Array:
        """The statistic of every sample."""
        pairs = zip(self._chosen, self._means, strict=True)
        return np.array([statistic(scores[chosen], means) for chosen, means in pairs])

    def estimate(self, scores: Array, statistic: Statistic) -> Estimate:
        """The statistic and its percentile interval."""
        return interval(statistic(scores, self.means), self.samples(scores, statistic))


def interval(value: float, samples: Array) -> Estimate:
    """A value with the percentiles of its samples; those that are not defined are left out."""
    if not np.isfinite(value):
        return Estimate(value, value, value)
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.nanpercentile(samples, [tail, 100 - tail])
    return Estimate(value, float(low), float(high))


def between_seeds(accuracies: Array) -> float:
    """Mean τ of every seed's order with every other's: how far one training can be trusted."""
    seeds = accuracies.shape[1]
    taus = [kendall_tau(accuracies[:, i], accuracies[:, j]) for i in range(seeds) for j in range(i)]
    return float(np.mean(taus)) if taus else float('nan')


def _ranks(values: ArrayLike) -> Array:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def _chances_of_best(num: int, places: int) -> Array:
    """Chance that the i-th smallest of ``num`` is the best of ``places`` drawn ones."""
    chances = np.zeros(num)
    left = 1.0  # chance that none of the larger ones was drawn
    for i in reversed(range(num)):
        chances[i] = left * min(places / (i + 1), 1.0)
        left -= chances[i]
    return chances
