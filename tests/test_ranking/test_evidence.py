import numpy as np
import pytest

from pisnas_mm.ranking.evidence import ACROSS, ALL, WITHIN, Bed, judge, residual_taus
from pisnas_mm.ranking.published import Key

FAMILIES = {'a1': 'a', 'a2': 'a', 'b1': 'b', 'b2': 'b', 'c1': 'c'}


@pytest.fixture
def bed() -> Bed:
    """At 32 pixels all models cost the same, at 64 each model's cost is far from the others'."""
    models = sorted(FAMILIES)
    accuracies = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1])
    return Bed(
        'made up',
        [Key(model, size) for size in (32, 64) for model in models],
        FAMILIES,
        accuracies,
        {'MACs': np.array([1.0] * 5 + [1.0, 10.0, 100.0, 1000.0, 10_000.0])},
        {'right': accuracies, 'wrong': -accuracies, 'blind': np.zeros(10)},
    )


def test_a_score_is_judged_on_pairs_of_equal_cost(bed: Bed) -> None:
    found = {(j.pairs, j.setting, j.score): j for j in judge(bed, 50)}
    for resolution in (ALL, '32'):
        for kind, num_pairs in ((ACROSS, 8), (WITHIN, 2)):
            shares = [
                found[kind, resolution, name].by_models.value
                for name in ('right', 'wrong', 'blind')
            ]
            assert shares == [1.0, 0.0, 0.5]
            assert found[kind, resolution, 'right'].num_pairs == num_pairs
    assert np.isnan(found[ACROSS, '64', 'right'].by_models.value)  # no two cost the same


def test_a_family_left_out_has_no_rows(bed: Bed) -> None:
    rest = bed.without('b')
    assert set(rest.models) == {'a1', 'a2', 'c1'}
    assert rest.accuracies.tolist() == [0.1, 0.2, 0.5, 0.5, 0.4, 0.1]
    assert rest.scores['wrong'].tolist() == [-0.1, -0.2, -0.5, -0.5, -0.4, -0.1]
    assert rest.groups == [0, 0, 1]


def test_the_cost_is_taken_out_at_each_resolution(bed: Bed) -> None:
    rng = np.random.default_rng(0)
    keys = [Key(f'm{i}', size) for size in (32, 64) for i in range(60)]
    costs, quality = rng.uniform(1, 50, 120), rng.normal(size=120)
    accuracies = 9 * np.log(costs) + quality + np.repeat([0, 1000.0], 60)
    scores = {'quality': quality, 'cost': costs}
    many = Bed(
        'many',
        keys,
        dict.fromkeys({k.model for k in keys}, 'f'),
        accuracies,
        {'MACs': costs},
        scores,
    )
    taus = residual_taus(many, 'MACs')
    assert taus['quality'] > 0.9
    assert abs(taus['cost']) < 0.2
