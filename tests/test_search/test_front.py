import json
import logging
from pathlib import Path
from random import Random

import pytest

from pisnas_mm.checks import Problems
from pisnas_mm.measures import params
from pisnas_mm.search import Evaluation, build_searcher, check_config
from pisnas_mm.search.front import Budget, Budgets, FrontArchive
from pisnas_mm.utils.configs import load_config
from tests.test_search import small
from tests.test_search.test_processes import together

CONFIGS = Path(__file__).parents[2] / 'configs'
LOGGER = logging.getLogger('pisnas_mm.test')
ALL = small.everything()
LIMITS = (8_000, 10_000, 12_000, 14_000, 17_000, 20_000, 24_000, 30_000)  # params


def config(**search):
    given = dict(num_candidates=4000, objectives=['score', '-params'], num_budgets=8)
    cfg = small.config(**given | search)
    cfg['search']['budgets'] = {'params': [LIMITS[0], LIMITS[-1]]}
    return cfg


def searched(folder, cfg, processes=None):
    folder.mkdir(exist_ok=True)
    searcher = build_searcher(cfg, folder, LOGGER, processes)
    searcher.run()
    return searcher


def archive(size=4):
    budgets = [Budget({'params': limit}) for limit in LIMITS]
    return FrontArchive(Budgets(budgets, {'params': (params, 1)}), size)


def told(archive, genotypes, rng):
    for genotype in genotypes:
        archive.add(Evaluation(genotype, (float(rng.randrange(40)), rng.random())))
    return archive


def test_every_budget_keeps_the_best_that_keep_to_it():
    kept = told(archive(), genotypes := Random(1).sample(ALL, 300), Random(0))
    rng = Random(0)
    ranks = {g: (float(rng.randrange(40)), rng.random()) for g in genotypes}
    for limit, elites in zip(LIMITS, kept.elites, strict=True):
        within = sorted(rank for g, rank in ranks.items() if params(g) <= limit)
        assert [elite.rank for elite in elites] == within[-4:]
    assert set(kept.genotypes) == {e.genotype for elites in kept.elites for e in elites}
    assert {e.genotype for e in kept.members} == set(kept.genotypes)


def test_of_equal_ranks_the_oldest_are_kept():
    kept = archive()
    equal = [genotype for genotype in ALL if params(genotype) <= min(LIMITS)][:6]
    assert len(equal) == 6
    for genotype in equal:
        kept.add(Evaluation(genotype, (1.0,)))
    assert [[elite.genotype for elite in elites] for elites in kept.elites] == [equal[3::-1]] * 8


def test_an_archive_is_restored_from_its_members():
    kept = told(archive(), Random(1).sample(ALL, 300), Random(0))
    again = archive()
    again.restore(kept.members)
    assert again.elites == kept.elites
    assert again.members == kept.members
    worst = Evaluation(max(ALL, key=params), (-1.0, 0.0))
    with pytest.raises(ValueError, match='elites of the budgets'):
        archive().restore([worst, *kept.members])


def test_the_floor_is_the_lowest_of_the_budgets_that_fit():
    kept = told(archive(), Random(1).sample(ALL, 300), Random(0))
    for genotype in ALL[::50]:
        pairs = zip(LIMITS, kept.elites, strict=True)
        fitting = [elites for limit, elites in pairs if params(genotype) <= limit]
        if fitting:
            assert kept.floor(genotype) == min(elites[0].score for elites in fitting)


def test_the_front_is_that_of_all_architectures(tmp_path):
    """Within half a percent at eight budgets: the space is enumerated."""
    searcher = searched(tmp_path, config())
    constraint = build_searcher(small.config(), tmp_path, LOGGER).evaluator.constraints
    floor = constraint['bottleneck_entropy']
    score = searcher.evaluator.score
    allowed = [g for g in ALL if floor.allows(floor.measure(g))]
    found = searcher.evolution.selection.best()
    assert len(found) == 8
    for budget, kept in found:
        limit = budget.bounds['params']
        assert params(kept.genotype) <= limit
        best = max(score(g) for g in allowed if params(g) <= limit)
        assert kept.score == pytest.approx(best, rel=0.005)
    front = searcher.evolution.selection.front(('params',))
    scores = [kept.score for _, kept in front]
    costs = [params(kept.genotype) for _, kept in front]
    assert scores == sorted(set(scores))
    assert costs == sorted(set(costs))


@pytest.mark.parametrize('cut', [640, 3300])  # while it evolves, and while it climbs
def test_it_resumes_to_the_byte(tmp_path, cut):
    whole = searched(tmp_path / 'whole', config())
    (tmp_path / 'cut').mkdir()
    first = build_searcher(config(checkpoint_interval=100), tmp_path / 'cut', LOGGER)
    first.processes.gather = lambda value: [[2] if first.counts.candidates >= cut else value]
    with pytest.raises(Exception, match='SIGINT'):
        first.run()
    second = build_searcher(config(), tmp_path / 'cut', LOGGER)
    second.run(resume=True)
    assert second.evolution.state_dict() == whole.evolution.state_dict()
    history = [(tmp_path / name / 'history.jsonl').read_bytes() for name in ('whole', 'cut')]
    assert history[0] == history[1]


def test_several_processes_find_the_same(tmp_path):
    alone = searched(tmp_path / 'alone', config(num_candidates=900))
    for found in together(2, lambda p: searched(tmp_path / 'two', config(num_candidates=900), p)):
        assert json.dumps(found.evolution.state_dict()) == json.dumps(alone.evolution.state_dict())


def test_members_of_a_family_are_what_searches_of_their_own_find(tmp_path):
    """The shipped one; its best known scores are those of docs/performance.md."""
    cfg = load_config(CONFIGS / 'pis_yolov8_family_coco.py').to_dict()
    best = searched(tmp_path, cfg).evolution.selection.best()
    found = {budget.member: kept.score for budget, kept in best if budget.member}
    known = dict(n=203.182, s=231.097, m=257.931, l=276.341)
    assert found == pytest.approx(known, rel=1e-3)


def test_two_costs_give_a_surface(tmp_path):
    cfg = config(objectives=['score', '-params', '-macs'], num_budgets=3, num_candidates=1500)
    selection = searched(tmp_path, cfg).evolution.selection
    assert len(selection.budgets.budgets) == 9
    points = [
        (-kept.score, *selection.budgets.values(kept.genotype))
        for _, kept in selection.front(('params', 'macs'))
    ]
    for one in points:
        assert not any(
            other != one and all(a <= b for a, b in zip(other, one, strict=True))
            for other in points
        )


def test_all_that_is_wrong_is_said_at_once():
    cfg = config(objectives=['-macs', '-macs', '-mac'])
    cfg['search']['budgets'] = {'params': [2, 1]}
    cfg['family'] = dict(n=dict(params=9e3, macs=1e6), s=dict(params=8e3, flops=3), grow=1)
    with pytest.raises(Problems) as problems:
        check_config(cfg)
    text = str(problems.value)
    for part in (
        "search.objectives: '-mac' is unknown",
        '-macs twice',
        "begin with 'score'",
        'search.budgets.params is none of the costs',
    ):
        assert part in text


def test_families_should_ascend_within_the_constraints():
    cfg = config()
    cfg['family'] = dict(
        n=dict(params=20_000, bottleneck_entropy=4.0),
        s=dict(params=12_000, bottleneck_entropy=4.7),
        m=dict(params=40_000, bottleneck_entropy=4.7),
        l=dict(params=29_000, parms=3),
        grow='yes',
    )
    with pytest.raises(Problems) as problems:
        check_config(cfg)
    text = str(problems.value)
    for part in (
        'family.grow should be True or False',
        'family.n.bottleneck_entropy contradicts constraints.bottleneck_entropy',
        'family.s.params should be more than that of family.n',
        'family.m.params contradicts constraints.params',
        "unknown key `family.l.parms`; did you mean 'params'?",
    ):
        assert part in text
