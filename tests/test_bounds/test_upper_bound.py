"""Bounds of whole searches: against all architectures of a small space, and at full size."""

from pathlib import Path

import numpy as np
import pytest

from pisnas_mm.bounds import NoBound, separated, upper_bound
from pisnas_mm.bounds.relaxation import Choices
from pisnas_mm.bounds.separable import Separated
from pisnas_mm.bounds.upper_bound import hopeful
from pisnas_mm.constraints import build_constraints
from pisnas_mm.receptive.stages import Stages
from pisnas_mm.registry import SCORES, SPACES, build
from pisnas_mm.utils.configs import load_config
from tests.test_bounds.test_stages import SIZE, architectures, space
from tests.test_search import small

CONFIGS = Path(__file__).parents[2] / 'configs'
BUDGETS = {
    'params and entropy': small.config()['constraints'],
    'macs': dict(macs=dict(type='MACs', max=1.5e6)),
    'a floor': dict(params=dict(type='Params', min=15_000, max=20_000)),
    'layers': dict(layers=dict(type='Layers', max=14)),
    'what is left out': dict(
        params=dict(type='Params', max=30_000), effectiveness=dict(type='Effectiveness', max=0.3)
    ),
}
PR_SCORE = dict(type='PRScore', weights=(1, 1))
SCORES_OF = {
    'PIS': dict(type='PISScore', pr_score=PR_SCORE, gamma=(1, 2), omega=4),
    'PIS, std': dict(type='PISScore', pr_score=PR_SCORE, gamma=(1, 2), omega=4, dispersion='std'),
    'PR': PR_SCORE,
    'negative weight': dict(type='PRScore', weights=(-0.5, 1)),
    'wants to see little': dict(type='PRScore', weights=(-1, -1)),
    'needs': dict(type='PRScore', weights=(1, 1), needs=(8, 14)),
}


def score_of(name: str):
    return build(SCORES, SCORES_OF[name], 'score', image_size=SIZE)


@pytest.mark.parametrize('budget', BUDGETS)
@pytest.mark.parametrize('name', SCORES_OF)
def test_it_is_at_or_above_the_best_of_all_and_near(name, budget):
    score, constraints = score_of(name), build_constraints(BUDGETS[budget], SIZE)
    best = max(
        score(one)
        for one in architectures()
        if all(c.allows(c.measure(one)) for c in constraints.values())
    )
    bound = upper_bound(space(), score, constraints, SIZE, reached=best - 5)
    assert bound >= best - 1e-9
    assert bound <= best + 0.03 * abs(best)
    assert upper_bound(space(), score, constraints, SIZE, reached=best) >= best - 1e-9


def test_it_is_what_was_reached_where_nothing_better_is_possible():
    constraints = build_constraints(BUDGETS['macs'], SIZE)
    assert upper_bound(space(), score_of('PIS'), constraints, SIZE, reached=1000.0) == 1000.0


@pytest.mark.parametrize(
    ('name', 'reached', 'gap'),
    [('pis_yolov8_n_coco', 203.1818, 2e-4), ('pis_yolov8_s_coco', 231.0969, 1e-4)],
)
def test_shipped_searches_find_nearly_the_best_possible(name, reached, gap):
    """What ten seeds find (docs/performance.md) leaves no room."""
    cfg = load_config(CONFIGS / f'{name}.py').to_dict()
    size = cfg['image_size']
    bound = upper_bound(
        build(SPACES, cfg['space'], 'space'),
        build(SCORES, cfg['score'], 'score', image_size=size),
        build_constraints(cfg['constraints'], size),
        size,
        reached,
    )
    assert reached <= bound <= reached * (1 + gap)


def test_scores_that_are_no_sum_over_stages_are_refused():
    of_draws = dict(type='PISScore', pr_score=dict(type='MonteCarloPRScore', num_draws=1))
    for cfg in (dict(type='PyramidCapacityScore'), of_draws):
        score = build(SCORES, cfg, 'score', image_size=SIZE)
        with pytest.raises(NoBound, match='Score is no sum over stages'):
            separated(score)


@pytest.mark.parametrize('name', SCORES_OF)
def test_parts_add_up_to_the_score(name):

    score, (one, *_) = score_of(name), architectures()[::50]
    of_stage, most, of_depths = separated(score)
    stages = Stages(one, SIZE)
    assert sum(of_stage(i, stages) for i in range(2)) + of_depths(one.depths) == pytest.approx(
        score(one)
    )
    assert all(of_stage(i, stages) <= most[i] for i in range(2))


def test_deep_stages_are_looked_up_only_where_they_could_be_worth_it():
    asked = []

    def choices(i, depth):
        asked.append((i, depth))
        return Choices(np.array([10.0 - depth, 10.0]) * (1 + i), np.zeros((0, 2)))

    parts = Separated(lambda i, stages: 0.0, (100.0, 100.0), lambda depths: -(10.0 ** max(depths)))
    several = [(one, two) for one in range(1, 6) for two in range(1, 6)]
    assert hopeful(several, choices, parts, reached=15.0) == [(1, 1)]
    assert sorted(asked) == [(0, 1), (0, 2), (1, 1)]


def test_a_floor_of_a_sum_is_relaxed_as_well():
    """Few params see little: a floor leaves no architecture that sees as little as the best."""
    score = score_of('wants to see little')
    free = upper_bound(space(), score, {}, SIZE, reached=-1000.0)
    at_least = build_constraints(dict(params=dict(type='Params', min=30_000)), SIZE)
    best = max(score(one) for one in architectures() if at_least['params'].measure(one) >= 30_000)
    assert best <= upper_bound(space(), score, at_least, SIZE, reached=best) < free - 1
