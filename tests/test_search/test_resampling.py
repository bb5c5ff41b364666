import logging
import os
import signal
from math import e, sqrt

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.scores import MonteCarloPRScore, PISScore, PRScore
from pisnas_mm.scores.sampled import standard_error
from pisnas_mm.search import Interrupted
from pisnas_mm.search.resampling import Resampling
from tests.test_search import small
from tests.test_search.second_judge import (
    LOGGER,
    SEED,
    A,
    B,
    C,
    Constant,
    first,
    population,
    registered,  # noqa: F401  (a fixture)
    verifier,
)


def test_mean_standard_error_and_score_by_hand():
    # 50, 50, 56: mean 52, squared deviations 4 + 4 + 16 = 24, over n - 1 = 2 draws and n = 3.
    found = verifier(num_draws=3)(A)
    assert found._asdict() == {
        'score': pytest.approx(52 - 4),
        'pr_score': pytest.approx(52),
        'standard_error': pytest.approx(sqrt(24 / 2 / 3)),
        'num_draws': 3,
        'type': 'Drawn',
        'seed': None,
        'rank': None,
        'objective_rank': None,
    }


def test_a_single_draw_has_no_standard_error():
    found = verifier(num_draws=1)(A)
    assert (found.pr_score, found.standard_error, found.num_draws) == (50, None, 1)
    assert standard_error([3.0, 3.0]) == 0


def test_the_penalty_on_unbalanced_depths_stays():
    genotype = small.architecture((8, 8, 8, 8, 8), (3, 2), (3, 3))
    score = PISScore(64, dict(type='PRScore', weights=(1, 1)), omega=4, gamma=(1, 2))
    judge = Resampling(score, Constant(), 'Constant', first(1), LOGGER)
    assert judge(genotype).score == pytest.approx(7 - 4 * e)  # L / γ = 3, 1: variance 1


def test_a_pr_score_alone_is_replaced_by_the_mean():
    judge = Resampling(PRScore(64, weights=(1, 1)), Constant(), 'Constant', first(1), LOGGER)
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


def test_both_ranks_of_finalists_and_none_of_the_seed() -> None:
    found = verifier(num_draws=3, top_k=3).verify(population(A, B, C), SEED)
    ranks = {of: (verdict.rank, verdict.objective_rank) for of, verdict in found.items()}
    assert ranks == {A: (3, 1), B: (2, 2), C: (1, 3), SEED: (None, None)}


def test_the_seed_of_the_draws_is_told() -> None:
    judge = verifier(num_draws=1)
    judge.sampler.seed = MonteCarloPRScore(64, seed=7).seed
    assert judge(A).seed == 7


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
