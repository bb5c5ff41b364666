import numpy as np
import pytest

from pisnas_mm.ranking.pairs import PairSampling, agreements, matched_pairs, residual_tau

MODELS = ['a', 'b', 'c', 'a', 'b', 'c']
FAMILIES = ['x', 'x', 'y', 'x', 'x', 'y']
SIZES = [32, 32, 32, 64, 64, 64]


def test_pairs_are_of_equal_cost_and_resolution() -> None:
    costs = [10, 11, 13, 40, 44, 52]  # 10 to 11 and 11 to 13 are within 20 %, 10 to 13 is not
    across = matched_pairs(MODELS, FAMILIES, SIZES, costs, same_family=False)
    assert across.rows.tolist() == [[1, 2], [4, 5]]
    within = matched_pairs(MODELS, FAMILIES, SIZES, costs, same_family=True)
    assert within.rows.tolist() == [[0, 1], [3, 4]]
    assert within.models.tolist() == [[0, 1], [0, 1]]


def test_a_bound_on_costs_holds_from_both_sides() -> None:
    for costs in ([10, 12], [12, 10]):
        pairs = matched_pairs(['a', 'b'], ['x', 'y'], [32, 32], costs, same_family=False)
        assert len(pairs.rows) == 1
    pairs = matched_pairs(['a', 'b'], ['x', 'y'], [32, 32], [10, 12.1], same_family=False)
    assert not len(pairs.rows)


def test_what_a_score_says_of_pairs() -> None:
    pairs = matched_pairs(MODELS, FAMILIES, SIZES, [1] * 6, same_family=False)
    assert pairs.rows.tolist() == [[0, 2], [1, 2], [3, 5], [4, 5]]
    accuracies = [1, 5, 3, 1, 5, 3]
    assert agreements(pairs, [1, 2, 1.5, 9, 2, 5], accuracies).tolist() == [1, 1, 0, 0]
    assert agreements(pairs, [1, 2, 1, 1, 1, 1], accuracies).tolist() == [0.5, 1, 0.5, 0.5]


def test_an_interval_is_that_of_resampled_models() -> None:
    """Whether a pair is ordered rightly depends on one of its models alone: a binomial share."""
    models = [f'{i:02d}' for i in range(40)]
    families = ['x'] * 20 + ['y'] * 20
    pairs = matched_pairs(models, families, [32] * 40, [1] * 40, same_family=False)
    agreed = (pairs.models[:, 0] % 2).astype(float)  # decided by the model of the first family
    found = PairSampling(pairs, num_resamples=4000).accuracy(agreed)
    assert found.value == 0.5
    # The share of odd ones among 20 models of that family in a sample has this deviation.
    deviation = 0.5 / np.sqrt(20)
    assert found.high - found.low == pytest.approx(2 * 1.96 * deviation, rel=0.1)


def test_groups_are_resampled_as_a_whole() -> None:
    models = ['a', 'b', 'c', 'd']
    pairs = matched_pairs(models, list('xyzz'), [32] * 4, [1] * 4, same_family=False)
    agreed = (pairs.models == 0).any(axis=1).astype(float)  # a is always right, the others never
    of_families = PairSampling(pairs, [0, 1, 2, 2]).accuracy(agreed)
    assert (of_families.low, of_families.high) == (0.0, 1.0)
    assert of_families.value == pytest.approx(3 / 5)


def test_without_pairs_nothing_is_known() -> None:
    pairs = matched_pairs(['a'], ['x'], [32], [1], same_family=False)
    assert np.isnan(PairSampling(pairs).accuracy(np.zeros(0)).value)


def test_residuals_forget_what_the_cost_explains() -> None:
    rng = np.random.default_rng(0)
    costs = rng.uniform(1, 100, 200)
    better = rng.normal(size=200)
    accuracies = 30 * np.log(costs) + better
    assert residual_tau(better, accuracies, costs) > 0.95
    assert abs(residual_tau(costs**2, accuracies, costs)) < 0.15  # follows the cost only
    assert residual_tau(-better + 5 * np.log(costs) ** 2, accuracies, costs) < -0.9
