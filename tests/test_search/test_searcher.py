import json
import logging
import os
import signal
from pathlib import Path

import pytest

from pisnas_mm.search import Interrupted, build_searcher, check_config
from pisnas_mm.search import searcher as searcher_module
from pisnas_mm.search.evaluation import DUPLICATE, LOW_SCORE
from tests.test_search import small

LOGGER = logging.getLogger('test')


def searcher(folder: Path, **search):
    folder.mkdir(exist_ok=True)
    cfg = small.config(**search)
    check_config(cfg)
    return build_searcher(cfg, folder, LOGGER)


def test_the_search_finds_the_enumerated_optimum(tmp_path):
    search = searcher(tmp_path)
    judged = [search.evaluator(genotype) for genotype in small.everything()]
    accepted = [evaluation.rank for evaluation in judged if evaluation.rank]
    assert len(judged) == 756
    assert 100 < len(accepted) < 700  # the budgets bind, but not everything
    best = search.run()[0]
    assert best.rank == max(accepted)
    assert best.genotype != search.evolution.space.seed


def test_the_population_holds_the_best_without_duplicates(tmp_path):
    search = searcher(tmp_path)
    population = search.run()
    ranks = [kept.rank for kept in population]
    assert len({kept.genotype for kept in population}) == len(population) == 32
    assert ranks == sorted(ranks, reverse=True)
    for kept in population:
        assert search.evaluator(kept.genotype).rank == kept.rank


def test_every_candidate_is_counted_once(tmp_path):
    search = searcher(tmp_path, num_candidates=1001)
    search.run()
    counts = search.counts
    assert counts.candidates == 1001
    assert counts.scored + sum(counts.rejected.values()) == 1001
    assert set(counts.rejected) <= {DUPLICATE, LOW_SCORE, 'params', 'bottleneck_entropy'}
    assert min(counts.rejected.values()) > 0


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in 'ab':
        searcher(tmp_path / name).run()
    for file in ('history.jsonl', 'checkpoint.json'):
        assert (tmp_path / 'a' / file).read_bytes() == (tmp_path / 'b' / file).read_bytes()
    searcher(tmp_path / 'c', seed=1).run()
    histories = [(tmp_path / name / 'history.jsonl').read_bytes() for name in 'ac']
    assert histories[0] != histories[1]


def test_a_resumed_search_ends_as_if_nothing_had_happened(tmp_path, monkeypatch):
    whole = searcher(tmp_path / 'whole', num_candidates=2000, checkpoint_interval=300)
    expected = whole.run()

    class Crash(Exception):
        pass

    def crash(search):
        if search.counts.candidates > 1000:
            raise Crash
        return original(search)

    original = searcher_module.Searcher._generation
    monkeypatch.setattr(searcher_module.Searcher, '_generation', crash)
    with pytest.raises(Crash):
        searcher(tmp_path / 'cut', num_candidates=2000, checkpoint_interval=300).run()
    monkeypatch.undo()

    resumed = searcher(tmp_path / 'cut', num_candidates=2000, checkpoint_interval=300)
    assert resumed.run(resume=True) == expected
    for file in ('history.jsonl', 'checkpoint.json'):
        assert (tmp_path / 'cut' / file).read_bytes() == (tmp_path / 'whole' / file).read_bytes()


@pytest.mark.parametrize('signum', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_search_after_a_generation(tmp_path, monkeypatch, signum):
    whole = searcher(tmp_path / 'whole', num_candidates=400).run()
    original = searcher_module.Searcher._generation

    def interrupt(search):
        original(search)
        if search.counts.candidates == 200:
            os.kill(os.getpid(), signum)

    monkeypatch.setattr(searcher_module.Searcher, '_generation', interrupt)
    before = signal.getsignal(signum)
    with pytest.raises(Interrupted) as caught:
        searcher(tmp_path / 'cut', num_candidates=400).run()
    assert caught.value.signum == signum
    assert signal.getsignal(signum) == before
    resumed = searcher(tmp_path / 'cut', num_candidates=400)
    monkeypatch.undo()
    assert resumed.run(resume=True) == whole
    assert resumed.counts.candidates == 400


def test_a_checkpoint_of_another_search_is_refused(tmp_path):
    searcher(tmp_path, num_candidates=100).run()
    with pytest.raises(ValueError, match=r'another search: search.population_size differ'):
        searcher(tmp_path, num_candidates=100, population_size=8).run(resume=True)


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path):
    with pytest.raises(ValueError, match=r'nothing to resume: .*checkpoint.json not found'):
        searcher(tmp_path).run(resume=True)
    (tmp_path / 'checkpoint.json').write_text('{"settings": ')
    with pytest.raises(ValueError, match=r'checkpoint.json is damaged'):
        searcher(tmp_path).run(resume=True)


def test_the_history_follows_the_search(tmp_path):
    search = searcher(tmp_path, num_candidates=500)
    best = search.run()[0]
    lines = [json.loads(line) for line in (tmp_path / 'history.jsonl').read_text().splitlines()]
    assert [line['candidates'] for line in lines] == list(range(20, 501, 20))
    assert lines[-1]['best'] == list(best.rank)
    assert lines[-1]['rejected'] == dict(search.counts.rejected)
    scores = [line['best'][0] for line in lines]
    assert scores == sorted(scores)


def test_a_budget_that_nothing_can_meet_is_refused_at_once(tmp_path):
    cfg = small.config()
    cfg['constraints']['params']['max'] = 1000
    with pytest.raises(
        ValueError,
        match=r'constraints.params cannot be met: even for the smallest architecture of the space, '
        r'Params should be <= 1,000, but is 2,408;',
    ):
        build_searcher(cfg, tmp_path, LOGGER).run()
    cfg = small.config()
    cfg['constraints']['bottleneck_entropy']['min'] = 9
    with pytest.raises(ValueError, match=r'bottleneck_entropy cannot be met: even for the largest'):
        build_searcher(cfg, tmp_path, LOGGER).run()


def test_budgets_that_exclude_each_other_are_refused(tmp_path):
    cfg = small.config()
    cfg['constraints']['params']['max'] = 3200
    cfg['constraints']['bottleneck_entropy']['min'] = 5.2
    with pytest.raises(
        ValueError, match=r'cannot be met together with the others: after 40000 changes'
    ):
        build_searcher(cfg, tmp_path, LOGGER).run()


def test_a_seed_beyond_the_budget_is_repaired_aloud(tmp_path, caplog):
    cfg = small.config(num_candidates=100)
    cfg['space']['seed'] = small.architecture((24,) * 5, (3, 3), (5, 5)).to_list()
    search = build_searcher(cfg, tmp_path, LOGGER)
    population = search.run()
    assert all(search.evaluator(kept.genotype).rank for kept in population)
    assert 'the seed architecture violates constraints.params: Params should be <= 30,000' in (
        caplog.text
    )
