from math import exp, inf, sqrt

import numpy as np
import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import C2f, ConvBNAct
from pisnas_mm.receptive import stage_radii
from pisnas_mm.receptive.radii import largest_radius, map_radius
from pisnas_mm.registry import SCORES, build
from pisnas_mm.scores import MonteCarloPRScore, PISScore, PRScore
from tests.test_search import small


def backbone(*depths: int) -> Genotype:
    blocks = [ConvBNAct(3, 16, 3, 2, 'silu')]
    for depth in depths:
        blocks += [ConvBNAct(16, 16, 3, 2, 'silu'), C2f(16, 16, depth)]
    return Genotype(tuple(blocks))


def test_the_pr_score_is_the_weighted_sum_of_radii():
    genotype = backbone(1, 2, 2, 1)
    radii = stage_radii(genotype, 160, 0.2)
    assert PRScore(160, (0, 1, 2, 3), 0.2)(genotype) == radii[1] + 2 * radii[2] + 3 * radii[3]


@pytest.mark.parametrize(
    ('dispersion', 'penalty'),
    # L / γ = 3, 1, 2, 4: mean 2.5, squared deviations 0.25, 2.25, 0.25, 2.25.
    [('variance', exp(1.25)), ('std', exp(sqrt(1.25)))],
)
def test_the_depth_penalty_by_hand(dispersion, penalty):
    genotype = backbone(3, 2, 4, 4)
    score = PISScore(160, omega=5.0, dispersion=dispersion)
    assert score.depth_penalty(genotype.depths) == pytest.approx(penalty)
    assert score(genotype) == pytest.approx(PRScore(160)(genotype) - 5 * penalty)


def test_balanced_depths_cost_omega():
    assert PISScore(160).depth_penalty((2, 4, 4, 2)) == 1.0


def test_the_first_of_five_depths_is_left_out():
    score = PISScore(160)
    assert score.depth_penalty((9, 1, 2, 2, 1)) == score.depth_penalty((1, 2, 2, 1))


def test_depths_out_of_all_proportion_do_not_overflow():
    assert PISScore(160).depth_penalty((1, 1, 1, 1000)) > 1e300


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(dispersion='range'), "score: dispersion should be one of .*, but got 'range'"),
        (dict(gamma=(1, 0, 1, 1)), 'score: gamma should be positive numbers'),
        (dict(omga=8), 'score: PISScore takes no `omga`; did you mean .omega.?'),
        (dict(pr_score=dict(type='PRScore', threshold=2)), 'score.pr_score: threshold should be'),
        (dict(pr_score=dict(type='PRscore')), "score.pr_score: score 'PRscore' is unknown"),
    ],
)
def test_a_mistake_in_the_config_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        build(SCORES, dict(type='PISScore', **change), 'score', image_size=160)


def test_weights_and_gamma_should_fit_the_architecture():
    with pytest.raises(ValueError, match='weights should be one for each of the 3 stages'):
        PRScore(160)(backbone(1, 1, 1))
    with pytest.raises(ValueError, match='gamma has 4 entries, but the architecture only 3'):
        PISScore(160, dict(type='PRScore', weights=(1, 1, 1)))(backbone(1, 1, 1))


@pytest.mark.parametrize('weights', [(0, 1, 1, 1), (1, 2, -1, 0.5)])
@pytest.mark.parametrize('name', ['PRScore', 'PISScore'])
def test_a_score_is_given_up_only_when_it_is_below_the_floor(name, weights):
    score = build(SCORES, dict(type='PRScore', weights=weights), 'score', image_size=160)
    if name == 'PISScore':
        score = PISScore(160, dict(type='PRScore', weights=weights))
    given_up = 0
    for depths in [(1, 2, 2, 1), (3, 2, 4, 1), (1, 1, 1, 1), (2, 6, 5, 3)]:
        value = score(backbone(*depths))
        assert score.unless_below(backbone(*depths), -inf) == value
        assert score.unless_below(backbone(*depths), value) == value
        for above in (1e-3, 1, 100, 1000):
            found = score.unless_below(backbone(*depths), value + above)
            assert found in (None, value)
            given_up += found is None
    assert given_up > 4  # it is good for something


def test_the_penalty_counts_before_any_radius_is_known(monkeypatch):
    score, genotype = PISScore(160), backbone(9, 2, 2, 1)
    most = 3 * largest_radius(160) - 8 * score.depth_penalty(genotype.depths)
    monkeypatch.setattr('pisnas_mm.scores.receptive.stage_radius', None)
    assert score.unless_below(genotype, most + 1) is None


def test_sampled_scores_are_never_given_up_by_what_the_closed_form_says():
    class Sampled(MonteCarloPRScore):
        def draws(self, genotype):
            return [(1.0, 2.0, 3.0, 4.0)]

    assert Sampled(160).unless_below(backbone(1, 1, 1, 1), 1e9) == 9.0


def test_the_largest_radius_is_that_of_a_stage_that_sees_everything():
    for image_size in (160, 161):
        assert map_radius(np.ones((7, 7)), image_size) == largest_radius(image_size)


@pytest.mark.parametrize('weights', [(1, 1), (0.5, -1)])
def test_no_architecture_exceeds_the_ceiling(weights):
    score = PISScore(64, dict(type='PRScore', weights=weights), omega=4, gamma=(1, 2))
    best = max(map(score, small.everything()))
    assert best <= score.ceiling() == sum(max(w, 0) for w in weights) * largest_radius(64) - 4


def test_the_ceiling_is_reached_where_every_stage_sees_the_whole_image():
    score = PISScore(32, dict(type='PRScore', weights=(0, 1, 1, 1)))
    assert score(backbone(10, 20, 20, 10)) == pytest.approx(score.ceiling())


def test_scores_of_which_nothing_is_known_have_no_ceiling():
    assert PISScore(64, omega=-1).ceiling() == inf
    assert PISScore(64, dict(type='PyramidCapacityScore')).ceiling() == inf
