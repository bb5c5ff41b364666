from typing import Any

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES
from pisnas_mm.search import build_verifier, reranked
from pisnas_mm.search.second_opinion import SecondOpinion
from tests.test_search import small
from tests.test_search.second_judge import (
    LOGGER,
    SEED,
    A,
    B,
    C,
    Constant,
    Drawn,
    built,
    objective,
    population,
    registered,  # noqa: F401  (a fixture)
    verifier,
)


def test_the_verified_are_ranked_anew_and_the_others_stay_behind():
    candidates = population(A, B, C)
    verified = verifier(num_draws=3, top_k=2).verify(candidates, SEED)
    assert [kept.genotype for kept in reranked(candidates, verified)] == [B, A, C]
    verified = verifier(num_draws=3, top_k=3).verify(candidates, SEED)
    assert [kept.genotype for kept in reranked(candidates, verified)] == [C, B, A]
    assert [kept.score for kept in reranked(candidates, verified)] == [76, 86, 96]  # as searched


def test_equal_ones_stay_in_order_and_nothing_verified_changes_nothing():
    candidates = population(B, C, A)
    verified = verifier(num_draws=1).verify(candidates, SEED)  # 60, 60 and 50
    assert reranked(candidates, verified) == candidates
    assert reranked(candidates, {}) == candidates


def test_what_verify_does_not_say_is_as_in_the_pr_score_of_the_objective():
    sampler = verifier().sampler
    assert (sampler.image_size, sampler.weights, sampler.threshold) == (96, (1, 2), 0.3)
    assert sampler.num_draws == 16
    sampler = verifier(image_size=32, weights=(1, 0), threshold=0.2, num_draws=2).sampler
    assert (sampler.image_size, sampler.weights, sampler.threshold) == (32, (1, 0), 0.2)
    assert sampler.num_draws == 2


def test_how_many_finalists_there_are() -> None:
    sizes = {top_k: len(verifier(top_k=top_k).choose(population(A, B, C))) for top_k in (1, 2, 10)}
    assert sizes == {1: 1, 2: 2, 10: 3}
    assert len(verifier().choose(population(A, B, C))) == 3


def test_a_sampler_needs_no_number_of_draws(monkeypatch):
    monkeypatch.setitem(SCORES.module_dict, 'Drawn', Constant)
    assert verifier()(A).num_draws == 1
    with pytest.raises(ValueError, match=r'unknown key `verify.num_draws` in the search config'):
        verifier(num_draws=3)


def test_true_asks_the_scores_that_predict_detectors_best() -> None:
    for verify in (True, {}, dict(top_k=3)):
        judge = build_verifier(small.config() | dict(verify=verify), objective(), LOGGER)
        assert isinstance(judge, SecondOpinion)
        assert [(one.name, one.weight) for one in judge.judges] == [
            *(('PyramidCapacityScore', 1), ('ActivationsScore', 1))
        ]
        assert {one.score.image_size for one in judge.judges} == {64}
    assert build_verifier(small.config() | dict(verify=False), objective(), LOGGER) is None
    assert build_verifier(small.config(), objective(), LOGGER) is None


def test_any_score_and_several_at_once() -> None:
    judge = built(dict(type='ActivationsScore', image_size=32))
    assert isinstance(judge, SecondOpinion)
    assert judge.judges[0].score.image_size == 32
    scores = [dict(type='MACsScore', weight=0.5), dict(type='PISScore'), dict(type='Drawn')]
    judge = built(dict(scores=scores, top_k=3))
    assert isinstance(judge, SecondOpinion)
    assert [one.weight for one in judge.judges] == [0.5, 1, 1]
    assert judge.judges[1].score.omega == 4  # the objective itself
    assert (judge.judges[2].score.num_draws, judge.judges[2].score.weights) == (16, (1, 2))


@pytest.mark.parametrize(
    ('verify', 'complaint'),
    [
        ('yes', "verify should be True or a dict, but got 'yes'"),
        (dict(scores=[]), r'verify.scores should be a list of score configs, but got \[\]'),
        (
            dict(scores=[dict(type='MACScore')]),
            r"scores\[0\]: score 'MACScore' is unknown; did you",
        ),
        (
            dict(scores=[dict(type='MACsScore', widht=1)]),
            r'scores\[0\]: MACsScore takes no `widht`',
        ),
        (dict(scores=[dict(type='MACsScore', weight=0)]), r'scores\[0\].weight should be .* > 0'),
        (dict(spread=-0.1), 'verify.spread should be a number >= 0, but got -0.1'),
        (dict(top_k=11), 'verify.top_k should be at most search.top_k, .*10.*, but got 11'),
        (dict(topk=1), "unknown key `verify.topk` in the search config; did you mean 'top_k'"),
        (dict(type='PyramidCapacityScore', needs=(1,)), 'verify: needs should be one for each'),
    ],
)
def test_what_is_refused(verify: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        built(verify)


def test_a_trial_with_one_draw_finds_what_fails(monkeypatch):
    asked = []

    def fail(self: Drawn, genotype: Genotype) -> None:
        asked.append((genotype, self.num_draws))
        raise RuntimeError('no such device')

    monkeypatch.setattr(Drawn, 'draws', fail)
    with pytest.raises(ValueError, match='verify: Drawn fails: RuntimeError: no such device'):
        verifier(num_draws=9)
    assert asked == [(SEED, 1)]
