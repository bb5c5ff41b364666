import json
import math

import pytest

from pisnas_mm.search import Evaluation, Evolution
from pisnas_mm.search.selection import BestRanks
from pisnas_mm.spaces import C2fSpace
from tests.test_search import small

SPACE = C2fSpace(**{k: v for k, v in small.config()['space'].items() if k != 'type'})
SEED = SPACE.seed
GENOTYPES = small.everything()[:40]


def evolution(population_size: int, *ranks: float) -> Evolution:
    evolution = Evolution(SPACE, BestRanks(population_size))
    evolution.tell(
        Evaluation(genotype, (rank,)) for genotype, rank in zip(GENOTYPES, ranks, strict=False)
    )
    return evolution


def scores(evolution: Evolution) -> list[float]:
    return [kept.score for kept in evolution.population]


def test_the_best_are_kept_in_order():
    assert scores(evolution(3, 2.0, 5.0, 1.0, 4.0, 3.0)) == [5.0, 4.0, 3.0]


def test_rejected_candidates_and_duplicates_are_not_kept():
    told = evolution(3, 2.0)
    told.tell([Evaluation(GENOTYPES[1], None, 'params'), Evaluation(GENOTYPES[0], (9.0,))])
    assert scores(told) == [2.0]


def test_of_equal_ranks_the_oldest_is_kept():
    told = evolution(2, 1.0, 1.0, 1.0)
    assert [kept.genotype for kept in told.population] == GENOTYPES[:2]
    told.tell([Evaluation(GENOTYPES[3], (2.0,))])
    assert [kept.genotype for kept in told.population] == [GENOTYPES[3], GENOTYPES[0]]


def test_tie_breakers_decide_between_equal_scores():
    told = Evolution(SPACE, BestRanks(2))
    told.tell(Evaluation(g, (1.0, tie)) for g, tie in zip(GENOTYPES, (0.1, 0.3, 0.2), strict=False))
    assert [kept.rank for kept in told.population] == [(1.0, 0.3), (1.0, 0.2)]


def test_children_are_mutations_of_the_population():
    told = evolution(3, 1.0)
    children = told.ask(200)
    assert len(set(children)) > 10
    for child in children:
        pairs = zip(child.blocks, GENOTYPES[0].blocks, strict=True)
        assert sum(a != b for a, b in pairs) <= 4  # two mutations, each with its successor


def test_a_restored_state_goes_on_in_the_same_way():
    told = evolution(5, 1.0, 2.0, 3.0)
    told.ask(7)
    state = json.loads(json.dumps(told.state_dict()))
    restored = Evolution(SPACE, BestRanks(5), seed=99)
    restored.load_state_dict(state)
    assert restored.population == told.population
    assert restored.ask(50) == told.ask(50)


def test_a_family_out_of_its_place_is_not_restored():
    state = evolution(5, 1.0).state_dict()
    arch = state['population'][0]['arch']
    assert arch[2]['type'] == 'C2f'
    arch[2]['type'] = 'PlainC2f'
    with pytest.raises(ValueError, match='PlainC2f is no block of the space in its place'):
        evolution(5, 1.0).load_state_dict(state)


def test_a_seed_decides_the_children():
    def children(seed: int) -> list:
        told = Evolution(SPACE, BestRanks(4), seed=seed)
        told.tell([Evaluation(SEED, (0.0,))])
        return told.ask(50)

    assert children(3) == children(3)
    assert children(3) != children(4)


def test_the_floor_is_the_worst_score_of_a_full_population():
    assert evolution(3, 1.0, 2.0).selection.floor(SEED) == -math.inf
    assert evolution(3, 2.0, 1.0, 3.0).selection.floor(SEED) == 1.0
    assert evolution(3, 2.0, 1.0, 3.0, 2.5).selection.floor(SEED) == 2.0
