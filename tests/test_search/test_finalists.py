import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES
from pisnas_mm.search import reranked
from tests.test_search.second_judge import (
    SEED,
    A,
    B,
    C,
    Constant,
    Drawn,
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
    assert (verifier(top_k=3).top_k, verifier(top_k=10).top_k, verifier().top_k) == (3, 10, 10)


def test_a_sampler_needs_no_number_of_draws(monkeypatch):
    monkeypatch.setitem(SCORES.module_dict, 'Drawn', Constant)
    assert verifier()(A).num_draws == 1
    with pytest.raises(ValueError, match=r'unknown key `verify.num_draws` in the search config'):
        verifier(num_draws=3)


def test_a_score_without_weights_is_no_sampler(monkeypatch):
    class Weightless(Drawn):
        def __init__(self) -> None:
            pass

    monkeypatch.setitem(SCORES.module_dict, 'Drawn', Weightless)
    with pytest.raises(ValueError, match=r"verify.type should be a score that .* but got 'Drawn'"):
        verifier()


def test_a_trial_with_one_draw_finds_what_fails(monkeypatch):
    asked = []

    def fail(self: Drawn, genotype: Genotype) -> None:
        asked.append((genotype, self.num_draws))
        raise RuntimeError('no such device')

    monkeypatch.setattr(Drawn, 'draws', fail)
    with pytest.raises(ValueError, match='verify: no such device'):
        verifier(num_draws=9)
    assert asked == [(SEED, 1)]
