import json
import logging
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from pisnas_mm.search import Evaluation, build_searcher
from pisnas_mm.search.restarts import RestartedEvolution
from pisnas_mm.spaces import C2fSpace
from pisnas_mm.utils.configs import load_config
from tests.test_search import small

LOGGER = logging.getLogger('test')
SPACE = C2fSpace(**{k: v for k, v in small.config()['space'].items() if k != 'type'})


def searcher(folder, processes=None, **search):
    folder.mkdir(exist_ok=True)
    given = dict(num_candidates=2000, checkpoint_interval=100) | search
    return build_searcher(small.config(**given), folder, LOGGER, processes)


def score(genotype) -> float:
    """Any objective that knows an architecture's widths and depths."""
    return sum(genotype.out_channels) * 10 - sum(depth**2 for depth in genotype.depths)


def told(evolution: RestartedEvolution, candidates) -> None:
    evolution.tell(Evaluation(genotype, (score(genotype),)) for genotype in candidates)


def begun(
    num_candidates: int = 800, restarts: int = 3, *, ruins: bool = False
) -> RestartedEvolution:
    evolution = RestartedEvolution(SPACE, 16, num_candidates, restarts, ruins=ruins)
    told(evolution, [SPACE.seed])
    return evolution


def test_populations_begin_anew_and_all_their_best_are_kept():
    evolution, sizes = begun(), []
    for _ in range(35):  # of 20 candidates each: up to the climb
        candidates = evolution.ask(20)
        sizes.append(len(evolution.selection.members))
        told(evolution, candidates)
    assert [i for i, size in enumerate(sizes) if size == 1] == [0, 12, 24]
    assert max(sizes) == 4  # a quarter of what is kept
    assert len(evolution.population) == 16


def test_later_populations_begin_with_ruins_of_the_best_of_all():
    evolution = begun(num_candidates=80_000, ruins=True)
    best = max(small.everything(), key=lambda g: (g.depths, score(g)))
    evolution.tell([Evaluation(best, (1e9,))])
    evolution._asked = evolution._evolving * 2 // 3  # the third begins
    ruins = evolution.ask(30)
    assert set(ruins) <= {SPACE.ruin(best, Random(seed)) for seed in range(2000)}
    assert evolution.population[0].genotype == best
    assert [kept.genotype for kept in evolution.selection.members] == [SPACE.seed]
    told(evolution, ruins)
    assert len(evolution.selection.members) == 2  # an eighth of what is kept


@pytest.mark.parametrize('algorithm', ['ruins', 'restarts'])
@pytest.mark.parametrize('seed', range(10))
def test_ten_of_ten_seeds_end_at_the_enumerated_optimum(tmp_path, seed, algorithm):
    search = searcher(tmp_path, seed=seed, num_candidates=3000, algorithm=algorithm)
    ranks = [search.evaluator(genotype).rank for genotype in small.everything()]
    assert search.run()[0].rank == max(rank for rank in ranks if rank)


def test_the_climb_tries_all_that_two_changes_of_the_best_lead_to():
    evolution = begun(num_candidates=80_000, restarts=1)
    told(evolution, [max(small.everything(), key=score)])
    evolution._asked = evolution._evolving
    around = list(SPACE.neighbourhood(evolution.population[0].genotype))
    assert evolution.ask(len(around)) == around
    assert evolution.ask(5) != around[:5]  # children, once nothing is left


def test_the_climb_starts_again_from_a_better_one():
    evolution = begun()
    evolution._asked = evolution._evolving
    evolution.ask(7)
    better = next(g for g in SPACE.neighbourhood(SPACE.seed) if score(g) > score(SPACE.seed))
    told(evolution, [better])
    around = SPACE.neighbourhood(better)
    assert evolution.ask(3) == [next(around) for _ in range(3)]


def test_depths_that_want_other_widths_all_over_are_found(tmp_path):
    """Of YOLOv8-m the depths 3, 8, 7, 3 are a trap, from which 3, 7, 8, 3 are four changes away."""
    cfg = load_config('configs/pis_yolov8_m_coco.py').to_dict()
    cfg['search'] |= dict(num_candidates=40_000)
    best = {}
    for algorithm, restarts in (('restarts', 3), ('ruins', 8)):
        cfg['search'] |= dict(algorithm=algorithm, restarts=restarts)
        (tmp_path / algorithm).mkdir()
        best[algorithm] = build_searcher(cfg, tmp_path / algorithm, LOGGER).run()[0]
    assert best['restarts'].genotype.depths == (3, 8, 7, 3)
    assert best['ruins'].genotype.depths == (3, 7, 8, 3)
    assert best['ruins'].score > 1.005 * best['restarts'].score


@pytest.mark.parametrize('ruins', [False, True])
@pytest.mark.parametrize('asked', [0, 100, 240, 460, 700, 720, 780])
def test_a_restored_state_goes_on_in_the_same_way_in_every_phase(asked, ruins):
    evolution = begun(ruins=ruins)
    for _ in range(asked // 20):
        told(evolution, evolution.ask(20))
    evolution.ask(3)  # the climb may have begun
    restored = RestartedEvolution(SPACE, 16, 800, 3, seed=99, ruins=ruins)
    restored.load_state_dict(json.loads(json.dumps(evolution.state_dict())))
    for _ in range(10):
        candidates = evolution.ask(20)
        assert restored.ask(20) == candidates
        told(evolution, candidates)
        told(restored, candidates)
    assert restored.population == evolution.population


@pytest.mark.parametrize('ended', [300, 700, 1760, 1900])
def test_a_search_resumed_in_any_phase_writes_the_same_bytes(tmp_path, ended):
    expected = searcher(tmp_path / 'whole').run()
    first = searcher(tmp_path / 'cut')
    first.settings = replace(first.settings, num_candidates=ended)
    first.run()
    assert searcher(tmp_path / 'cut').run(resume=True) == expected
    for file in ('history.jsonl', 'checkpoint.json'):
        assert (tmp_path / 'cut' / file).read_bytes() == (tmp_path / 'whole' / file).read_bytes()


def test_the_released_algorithm_stays_as_it_was(tmp_path):
    # It changes only with the random draws or the selection, and earlier results with it.
    population = searcher(tmp_path, algorithm='released').run()
    text = json.dumps([kept.genotype.to_list() for kept in population])
    assert (
        sha256(text.encode()).hexdigest()
        == '6ed35138bf45603b6ffec19e6787397ea50308e72d60eb60b28276e94ee5c937'
    )
