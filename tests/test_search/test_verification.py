import logging
import os
import signal
from collections.abc import Iterator
from math import e, sqrt
from typing import Any

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES
from pisnas_mm.scores import PISScore, PRScore, Score
from pisnas_mm.search import Evaluation, Interrupted, Verifier, build_verifier, reranked
from pisnas_mm.search.verification import standard_error, with_error
from tests.test_search import small

LOGGER = logging.getLogger('pisnas_mm.test')
# Depths 1 and 2 are balanced where γ = (1, 2): they cost ω = 4 and nothing more.
A, B, C = (small.architecture((8, 8, 8, 8, width), (1, 2), (3, 3)) for width in (8, 16, 24))
SEED = small.architecture((8, 8, 8, 8, 8), (1, 2), (5, 5))
CLOSED_FORM = {A: 100.0, B: 90.0, C: 80.0, SEED: 70.0}
DRAWS = {
    A: [(10, 20), (14, 18), (12, 22)],  # 50, 50, 56 with weights (1, 2)
    B: [(20, 20), (20, 20), (20, 20)],  # 60, 60, 60
    C: [(30, 15), (20, 17), (40, 16)],  # 60, 54, 72
    SEED: [(10, 10), (10, 13), (10, 16)],  # 30, 36, 42
}


class ClosedForm(Score):
    image_size, weights, threshold = 96, (1, 2), 0.3

    def __call__(self, genotype: Genotype) -> float:
        return CLOSED_FORM[genotype]


class Drawn(Score):
    """A sampler whose draws a test knows."""

    def __init__(
        self, image_size: int, weights: tuple, threshold: float = 0.5, num_draws: int = 1
    ) -> None:
        self.image_size, self.weights, self.threshold = image_size, weights, threshold
        self.num_draws = num_draws
        self.asked: list[Genotype] = []

    def __call__(self, genotype: Genotype) -> float:
        raise AssertionError('only its draws are asked for')

    def draws(self, genotype: Genotype) -> list[tuple[float, ...]]:
        self.asked.append(genotype)
        return DRAWS[genotype][: self.num_draws]


class Constant:
    """No score at all, but a sampler."""

    weights = (1, 1)

    def draws(self, genotype: Genotype) -> list[tuple[float, ...]]:
        return [(3, 4)]


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    for cls in (ClosedForm, Drawn):
        SCORES.register_module(module=cls)
    yield
    for cls in (ClosedForm, Drawn):
        del SCORES.module_dict[cls.__name__]


def objective() -> PISScore:
    return PISScore(64, dict(type='ClosedForm'), omega=4, gamma=(1, 2))


def verifier(**verify: Any) -> Verifier:
    cfg = small.config() | dict(verify=dict(type='Drawn', **verify))
    found = build_verifier(cfg, objective(), SEED, LOGGER)
    assert found is not None
    return found


def population(*genotypes: Genotype) -> list[Evaluation]:
    return [Evaluation(genotype, (objective()(genotype),)) for genotype in genotypes]


def test_mean_standard_error_and_score_by_hand():
    # 50, 50, 56: mean 52, squared deviations 4 + 4 + 16 = 24, over n - 1 = 2 draws and n = 3.
    found = verifier(num_draws=3)(A)
    assert found._asdict() == {
        'score': pytest.approx(52 - 4),
        'pr_score': pytest.approx(52),
        'standard_error': pytest.approx(sqrt(24 / 2 / 3)),
        'num_draws': 3,
        'type': 'Drawn',
    }


def test_a_single_draw_has_no_standard_error():
    found = verifier(num_draws=1)(A)
    assert (found.pr_score, found.standard_error, found.num_draws) == (50, None, 1)
    assert standard_error([3.0, 3.0]) == 0


def test_the_penalty_on_unbalanced_depths_stays():
    genotype = small.architecture((8, 8, 8, 8, 8), (3, 2), (3, 3))
    score = PISScore(64, dict(type='PRScore', weights=(1, 1)), omega=4, gamma=(1, 2))
    judge = Verifier(score, Constant(), 'Constant', 1, LOGGER)
    assert judge(genotype).score == pytest.approx(7 - 4 * e)  # L / γ = 3, 1: variance 1


def test_a_pr_score_alone_is_replaced_by_the_mean():
    judge = Verifier(PRScore(64, weights=(1, 1)), Constant(), 'Constant', 1, LOGGER)
    assert judge(A).score == 7


def test_the_first_and_the_seed_are_verified_each_once(caplog):
    caplog.set_level(logging.INFO)
    judge = verifier(num_draws=3, top_k=2)
    assert list(judge.verify(population(A, B, C), SEED)) == [A, B, SEED]
    assert judge.sampler.asked == [A, B, SEED]
    assert [record.message for record in caplog.records] == [
        'verified 1/3  PR score 100.0, Monte-Carlo 52.0 ± 2.0',
        'verified 2/3  PR score 90.0, Monte-Carlo 60.0 ± 0.0',
        'verified 3/3  PR score 70.0, Monte-Carlo 36.0 ± 3.5',
    ]
    judge = verifier(num_draws=3, top_k=2)
    judge.verify(population(A, SEED, B), SEED)
    assert judge.sampler.asked == [A, SEED]


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


@pytest.mark.parametrize('signum', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(monkeypatch, signum):
    judge = verifier(num_draws=3)
    before = signal.getsignal(signum)

    def interrupt(genotype: Genotype) -> None:
        judge.sampler.asked.append(genotype)
        os.kill(os.getpid(), signum)
        raise AssertionError('went on')

    monkeypatch.setattr(judge.sampler, 'draws', interrupt)
    with pytest.raises(Interrupted) as caught:
        judge.verify(population(A, B), SEED)
    assert caught.value.signum == signum
    assert judge.sampler.asked == [A]
    assert signal.getsignal(signum) == before


def test_a_mean_and_its_error_in_words():
    assert with_error(221.64, 0.849) == '221.6 ± 0.8'
    assert with_error(221.64, None) == '221.6'
