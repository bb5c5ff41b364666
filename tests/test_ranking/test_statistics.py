from itertools import combinations

import numpy as np
import pytest

from pisnas_mm.ranking.statistics import (
    Resampling,
    between_seeds,
    interval,
    kendall_tau,
    regret,
    spearman_rho,
)

NAN = float('nan')


@pytest.mark.parametrize(
    ('a', 'b', 'tau'),
    [
        ([1, 2, 3], [4, 5, 6], 1.0),
        ([1, 2, 3], [6, 5, 4], -1.0),
        ([1, 2, 3, 4], [1, 3, 2, 4], 4 / 6),  # one of six pairs the wrong way round
        ([1, 2, 2], [1, 2, 3], 2 / (2 * 3) ** 0.5),  # a tie
        ([1, 1], [1, 2], NAN),
        ([1], [1], NAN),
        ([], [], NAN),
    ],
)
def test_tau_by_hand(a: list[float], b: list[float], tau: float) -> None:
    assert kendall_tau(a, b) == pytest.approx(tau, nan_ok=True)


@pytest.mark.parametrize(
    ('a', 'b', 'rho'),
    [
        ([1, 2, 30], [4, 5, 6], 1.0),
        ([1, 2, 3, 4], [1, 3, 2, 4], 1 - 6 * 2 / (4 * 15)),
        ([1, 2, 2], [1, 2, 3], 1.5 / (1.5 * 2) ** 0.5),
        ([1, 1], [1, 2], NAN),
    ],
)
def test_rho_by_hand(a: list[float], b: list[float], rho: float) -> None:
    assert spearman_rho(a, b) == pytest.approx(rho, nan_ok=True)


def test_as_scipy() -> None:
    stats = pytest.importorskip('scipy.stats')
    a, b = np.random.default_rng(0).integers(0, 8, (2, 30)).tolist()
    assert kendall_tau(a, b) == pytest.approx(stats.kendalltau(a, b).statistic)
    assert spearman_rho(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)


def test_regret_by_hand() -> None:
    accuracies = [10.0, 40.0, 30.0, 20.0]
    assert regret([4, 1, 3, 2], accuracies, 1) == 30
    assert regret([4, 1, 3, 2], accuracies, 2) == 10
    assert regret([4, 1, 3, 2], accuracies, 4) == 0


def test_regret_of_ties_is_the_mean_over_all_orders() -> None:
    rng = np.random.default_rng(1)
    scores, accuracies = rng.integers(0, 3, 8), rng.normal(size=8)
    for top_k in range(1, 9):
        least = sorted(scores, reverse=True)[top_k - 1]
        surely = [i for i in range(8) if scores[i] > least]
        tied = [i for i in range(8) if scores[i] == least]
        lost = [
            max(accuracies) - max(accuracies[[*surely, *others]])
            for others in combinations(tied, top_k - len(surely))
        ]
        assert regret(scores, accuracies, top_k) == pytest.approx(np.mean(lost))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of a Gaussian pair with ρ = 0.5, whose τ is 2 / π asin ρ = 1 / 3."""
    rng, held = np.random.default_rng(2), 0
    for i in range(60):
        a = rng.normal(size=24)
        b = 0.5 * a + np.sqrt(0.75) * rng.normal(size=24)
        found = Resampling(b[:, None], 200, seed=i).estimate(a, kendall_tau)
        assert found.low <= found.value <= found.high
        held += found.low <= 1 / 3 <= found.high
    assert 51 <= held <= 60


def test_trainings_are_resampled_too() -> None:
    """One architecture may be better by chance: with two seeds each the interval is wider."""
    scores = np.arange(12.0)
    clear = np.repeat(scores[:, None], 2, axis=1)
    noisy = clear + np.array([-4.0, 4.0])
    narrow, wide = (Resampling(a, 500).estimate(scores, kendall_tau) for a in (clear, noisy))
    assert (narrow.low, narrow.value, narrow.high) == (1, 1, 1)
    assert wide.value == 1
    assert wide.low < 0.8


def test_equal_scores_differ_by_nothing_in_any_sample() -> None:
    rng = np.random.default_rng(3)
    resampling = Resampling(rng.normal(size=(10, 2)), 100)
    scores = rng.normal(size=10)
    taus = [resampling.samples(x, kendall_tau) for x in (scores, 2 * scores)]
    assert interval(0.0, taus[0] - taus[1]) == (0, 0, 0)


def test_constant_scores_have_no_correlation() -> None:
    resampling = Resampling(np.arange(6.0)[:, None], 100)
    assert np.isnan(resampling.estimate(np.ones(6), kendall_tau)).all()


def test_seeds_against_each_other() -> None:
    assert between_seeds(np.array([[1.0, 1], [2, 2], [3, 3]])) == 1
    assert between_seeds(np.array([[1.0, 3], [2, 2], [3, 1]])) == -1
    assert np.isnan(between_seeds(np.array([[1.0], [2]])))
