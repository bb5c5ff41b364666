import logging
import threading
from dataclasses import replace
from math import nan

import pytest

from pisnas_mm.checks import Problems
from pisnas_mm.search import Processes, TooManyFailures, build_searcher
from pisnas_mm.search.processes import slurm_group
from tests.test_search import small

LOGGER = logging.getLogger('pisnas_mm.test')
FILES = ('history.jsonl', 'checkpoint.json')


class Threads(Processes):
    """Processes that are threads; what they give each other is counted."""

    def __init__(self, rank: int, size: int, shared: dict) -> None:
        self.rank, self.size, self.shared = rank, size, shared

    def gather(self, value):
        self.shared[self.rank] = value
        self.shared['barrier'].wait(60)
        values = [self.shared[rank] for rank in range(self.size)]
        self.shared['barrier'].wait(60)
        return values


def together(size: int, call) -> list:
    """What ``call`` gives or raises in every thread."""
    shared = {'barrier': threading.Barrier(size)}
    results: list = [None] * size

    def work(rank: int) -> None:
        try:
            results[rank] = call(Threads(rank, size, shared))
        except Exception as error:
            results[rank] = error

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def searcher(folder, processes=None, **search):
    folder.mkdir(exist_ok=True)
    cfg = small.config(**{'num_candidates': 900, 'checkpoint_interval': 200} | search)
    return build_searcher(cfg, folder, LOGGER, processes)


@pytest.mark.parametrize('size', [1, 2, 3, 4])
def test_any_number_of_processes_gives_the_same_bytes(tmp_path, size):
    expected = searcher(tmp_path / 'alone').run()
    asked: list[list] = [[] for _ in range(size)]

    def search(processes):
        mine = searcher(tmp_path / 'many', processes)
        unless_below = mine.evaluator.score.unless_below

        def counted(genotype, floor):
            asked[processes.rank].append(genotype)
            return unless_below(genotype, floor)

        mine.evaluator.score.unless_below = counted
        return mine.run()

    assert together(size, search) == [expected] * size
    for file in FILES:
        assert (tmp_path / 'many' / file).read_bytes() == (tmp_path / 'alone' / file).read_bytes()
    shares = [len(share) for share in asked]
    assert sum(shares) > 100
    assert max(shares) - min(shares) <= 45  # one for each generation, at most


def test_what_another_process_wrote_is_gone_on_with_by_all(tmp_path):
    expected = searcher(tmp_path / 'alone').run()
    begun = searcher(tmp_path / 'many')
    begun.settings = replace(begun.settings, num_candidates=400)
    begun.run()
    found = together(3, lambda processes: searcher(tmp_path / 'many', processes).run(resume=True))
    assert found == [expected] * 3
    for file in FILES:
        assert (tmp_path / 'many' / file).read_bytes() == (tmp_path / 'alone' / file).read_bytes()


def test_failures_are_those_of_one_process(tmp_path):
    def search(processes=None):
        mine = searcher(tmp_path / ('many' if processes else 'alone'), processes, max_failures=5)
        unless_below, start = mine.evaluator.score.unless_below, []

        def failing(genotype, floor):
            start.append(genotype)
            return nan if genotype.out_channels[-1] == 8 else unless_below(genotype, floor)

        mine.evaluator.score.unless_below = failing
        return mine.run()

    try:
        expected = repr(search())
    except (TooManyFailures, ValueError) as error:
        expected = repr(error)
    assert {repr(found) for found in together(2, search)} == {expected}


def test_a_refusal_of_the_first_is_one_of_all(tmp_path):
    found = together(3, lambda processes: searcher(tmp_path, processes).run(resume=True))
    assert all(isinstance(error, ValueError) for error in found)
    assert len({str(error) for error in found}) == 1
    assert isinstance(found[2], Problems)
    assert 'nothing to resume' in str(found[2])


def test_a_signal_to_one_ends_all_after_the_same_generation(tmp_path, monkeypatch):
    from pisnas_mm.search import Interrupted
    from pisnas_mm.search import searcher as module

    expected = searcher(tmp_path / 'alone').run()
    stops: list = []
    monkeypatch.setattr(module.Searcher, '_loop', _with(module.Searcher._loop, stops))

    def search(processes):
        mine = searcher(tmp_path / 'many', processes)
        generation = mine._generation

        def stopping():
            generation()
            if processes.rank == 1 and mine.counts.candidates == 300:
                mine.stopped.append(15)

        mine._generation = stopping
        try:
            mine.run()
        except Interrupted as interruption:
            return interruption.signum, mine.counts.candidates

    assert together(2, search) == [(15, 300)] * 2
    monkeypatch.undo()
    assert searcher(tmp_path / 'many').run(resume=True) == expected


def _with(loop, stops):
    def wrapped(self, stopped):
        self.stopped = stopped
        return loop(self, stopped)

    return wrapped


def test_slurm_says_what_torchrun_says(tmp_path, monkeypatch):
    scontrol = tmp_path / 'scontrol'
    scontrol.write_text('#!/bin/sh\n[ "$*" = "show hostnames a[1-2]" ] && printf "a1\\na2\\n"\n')
    scontrol.chmod(0o755)
    monkeypatch.setenv('PATH', f'{tmp_path}:/bin:/usr/bin')
    given = dict(
        SLURM_NODELIST='a[1-2]',
        SLURM_PROCID='3',
        SLURM_LOCALID='1',
        SLURM_NTASKS='4',
        SLURM_NTASKS_PER_NODE='2',
    )
    expected = dict(
        MASTER_ADDR='a1',
        MASTER_PORT='29500',
        LOCAL_WORLD_SIZE='2',
        RANK='3',
        LOCAL_RANK='1',
        WORLD_SIZE='4',
    )
    assert slurm_group(given) == expected
    assert slurm_group(given | {'MASTER_PORT': '1'}) == expected | {'MASTER_PORT': '1'}
