import logging
from math import sqrt

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.scores import Score
from pisnas_mm.search import reranked
from pisnas_mm.search.second_opinion import Judge, SecondOpinion, Value, value_of, written
from tests.test_search.second_judge import (
    LOGGER,
    SEED,
    A,
    B,
    C,
    Drawn,
    first,
    population,
    registered,  # noqa: F401  (a fixture)
)


class Known(Score):
    """A score that a test knows."""

    def __init__(self, *values: float) -> None:
        self.values = dict(zip((A, B, C, SEED), values, strict=True))

    def __call__(self, genotype: Genotype) -> float:
        return self.values[genotype]


def judge(*known: Known, weights: tuple[float, ...] = (1, 1), count: int = 3) -> SecondOpinion:
    judges = [Judge('Known', of, weight) for of, weight in zip(known, weights, strict=False)]
    return SecondOpinion(judges, first(count), LOGGER)


def test_weighted_ranks_by_hand() -> None:
    """Ranks 3, 1, 2 and 1, 3, 2, of weights 1 and 2: means 5/3, 7/3 and 2."""
    candidates = population(A, B, C)
    found = judge(Known(1, 9, 2, 0), Known(30, 10, 20, 5), weights=(1, 2)).verify(candidates, SEED)
    ranks = [[score['rank'] for score in found[of].scores] for of in (A, B, C)]
    assert ranks == [[3, 1], [1, 3], [2, 2]]
    assert [found[of].mean_rank for of in (A, B, C)] == pytest.approx([5 / 3, 7 / 3, 2])
    assert [(found[of].rank, found[of].objective_rank) for of in (A, B, C)] == [
        *((1, 1), (3, 2), (2, 3))
    ]
    assert [kept.genotype for kept in reranked(candidates, found)] == [A, C, B]
    assert found[A].scores[1] == {
        'type': 'Known',
        'value': 30,
        'standard_error': None,
        'num_draws': None,
        'seed': None,
        'weight': 2,
        'rank': 1,
    }


def test_units_do_not_matter() -> None:
    candidates = population(A, B, C)
    a = judge(Known(1, 9, 2, 0), Known(3, 1, 2, 0)).verify(candidates, SEED)
    b = judge(Known(1e9, 9e9, 2e9, 0), Known(3, 1, 2, 0)).verify(candidates, SEED)
    assert [of.mean_rank for of in a.values()] == [of.mean_rank for of in b.values()]


def test_equal_values_share_their_rank_and_the_objective_decides() -> None:
    candidates = population(A, B, C)
    found = judge(Known(5, 5, 4, 5)).verify(candidates, SEED)
    assert [found[of].mean_rank for of in (A, B, C)] == [1.5, 1.5, 3]
    assert [kept.genotype for kept in reranked(candidates, found)] == [A, B, C]
    assert [found[of].rank for of in (A, B, C)] == [1, 2, 3]


def test_the_seed_gets_the_rank_that_it_would_have_and_changes_none() -> None:
    candidates = population(A, B, C)
    found = judge(Known(5, 4, 3, 4.5)).verify(candidates, SEED)
    assert [found[of].rank for of in (A, B, C, SEED)] == [1, 2, 3, 2]
    assert [found[of].mean_rank for of in (A, B, C, SEED)] == [1, 2, 3, 2]
    assert found[SEED].objective_rank is None


def test_draws_have_mean_error_and_seed() -> None:
    sampler = Drawn(64, (1, 2), num_draws=3)
    assert value_of(Judge('Drawn', sampler, 1), A) == Value(52, sqrt(24 / 2 / 3), 3, None)
    sampler.seed = 7
    assert value_of(Judge('Drawn', sampler, 1), A).seed == 7


class Numbers(Score):
    """A score of random networks, such as Zen-Score: a number a draw."""

    seed = 3

    def __call__(self, genotype: Genotype) -> float:
        raise AssertionError('only its draws are asked for')

    def draws(self, genotype: Genotype) -> list[float]:
        return [1.0, 2.0, 6.0]


def test_draws_of_numbers_too() -> None:
    assert value_of(Judge('Numbers', Numbers(), 1), A) == Value(3, sqrt(7 / 3), 3, 3)


def test_a_score_that_fails_is_named() -> None:
    with pytest.raises(ValueError, match='verify: Known fails: the score is nan'):
        judge(Known(1, float('nan'), 2, 3)).verify(population(A, B, C), SEED)


def test_the_log_has_a_line_for_each_and_one_for_the_first(caplog) -> None:
    caplog.set_level(logging.INFO)
    judge(Known(1, 9, 2, 0), count=2).verify(population(A, B, C), SEED)
    assert [record.message for record in caplog.records] == [
        'verified 1/3  Known 1',
        'verified 2/3  Known 9',
        'verified 3/3  Known 0',
        'of 2 finalists number 2 by the objective is the first by Known',
    ]


def test_values_in_words() -> None:
    assert written(Value(29.90312)._asdict()) == '29.903'
    assert written(Value(221.64, 0.83, 16, 0)._asdict()) == '221.64 ± 0.83'
