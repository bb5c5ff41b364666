import json
import logging
from dataclasses import replace

import pytest

from pisnas_mm.constraints import build_constraints
from pisnas_mm.search import build_searcher
from pisnas_mm.search.loosened import LoosenedEvolution, loosened
from pisnas_mm.utils.configs import load_config
from tests.test_search import small
from tests.test_search.test_front import CONFIGS
from tests.test_search.test_processes import together

LOGGER = logging.getLogger('pisnas_mm.test')
ALL = small.everything()
BOUNDS = dict(
    params=dict(type='Params', min=19_000, max=20_000),
    macs=dict(type='MACs', min=2_500_000, max=3_000_000),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=4.6),
)


def searcher(folder, processes=None, bounds=BOUNDS, **search):
    folder.mkdir(exist_ok=True)
    given = dict(num_candidates=2000, algorithm='loosened', checkpoint_interval=100) | search
    cfg = small.config(**given) | dict(constraints=bounds)
    return build_searcher(cfg, folder, LOGGER, processes)


def allowed(genotype) -> bool:
    constraints = build_constraints(BOUNDS, image_size=64).values()
    return all(constraint.allows(constraint.measure(genotype)) for constraint in constraints)


def test_the_first_level_is_what_was_asked_for_and_every_other_is_looser():
    budgets = loosened(build_constraints(BOUNDS, image_size=64))
    levels = [budgets.of(genotype) for genotype in ALL]
    assert [0 in level for level in levels] == [allowed(genotype) for genotype in ALL]
    num = len(budgets.budgets)
    assert all(level == list(range(level[0] if level else num, num)) for level in levels)
    sizes = [sum(i in level for level in levels) for i in range(num)]
    assert sizes == sorted(sizes)
    assert 0 < sizes[0] < sizes[-1] < len(ALL)


@pytest.mark.parametrize('seed', range(10))
def test_ten_of_ten_seeds_end_at_the_enumerated_optimum(tmp_path, seed):
    search = searcher(tmp_path, seed=seed, num_candidates=3000)
    ranks = [search.evaluator(genotype).rank for genotype in ALL if allowed(genotype)]
    population = search.run()
    assert population[0].rank == max(rank for rank in ranks if rank)
    assert all(allowed(kept.genotype) for kept in population)


def test_bounds_that_are_near_each_other_hold_other_searches_fast(tmp_path, caplog):
    """A residual backbone with 97 to 100 % of the params and MACs, and at most 26 layers."""
    cfg = load_config(CONFIGS / 'pis_r50_w16_224.py').to_dict()
    cfg['constraints']['layers']['max'] = 26
    best = {}
    for algorithm in ('ruins', 'loosened'):
        cfg['search'] |= dict(algorithm=algorithm, restarts=8, num_candidates=40_000, seed=1)
        (tmp_path / algorithm).mkdir()
        best[algorithm] = build_searcher(cfg, tmp_path / algorithm, LOGGER).run()[0].score
    assert best['loosened'] > 1.05 * best['ruins']
    told = [message for message in caplog.messages if 'near each other' in message]
    assert len(told) == 1  # of the first
    assert 'constraints.params' in told[0]


@pytest.mark.parametrize('cut', [640, 1700])  # while it evolves, and while it climbs
def test_it_resumes_to_the_byte(tmp_path, cut):
    expected = searcher(tmp_path / 'whole').run()
    first = searcher(tmp_path / 'cut')
    first.settings = replace(first.settings, num_candidates=cut)
    first.run()
    assert searcher(tmp_path / 'cut').run(resume=True) == expected
    for file in ('history.jsonl', 'checkpoint.json'):
        assert (tmp_path / 'cut' / file).read_bytes() == (tmp_path / 'whole' / file).read_bytes()


def test_several_processes_find_the_same(tmp_path):
    alone = searcher(tmp_path / 'alone', num_candidates=900).run()
    for found in together(2, lambda p: searcher(tmp_path / 'two', p, num_candidates=900).run()):
        assert found == alone


def test_what_cannot_be_met_is_told_by_its_own_name(tmp_path):
    bounds = BOUNDS | dict(macs=dict(type='MACs', min=600_000, max=601_000))
    with pytest.raises(ValueError, match=r'constraints\.\w+ cannot be met together'):
        searcher(tmp_path, bounds=bounds).run()


def test_what_keeps_to_no_level_is_not_restored(tmp_path):
    search = searcher(tmp_path)
    search.run()
    state = json.loads(json.dumps(search.evolution.state_dict()))
    evolution = search.evolution
    assert isinstance(evolution, LoosenedEvolution)
    evolution.load_state_dict(state)
    beyond = evolution.space.seed.to_list()
    with pytest.raises(ValueError, match='elites of the budgets'):
        evolution.load_state_dict(state | {'levels': [state['levels'][-1] | {'arch': beyond}]})
