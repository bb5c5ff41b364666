"""Searches killed with SIGKILL and resumed: python -m tests.test_search.killed FOLDER KILLS.

A process of its own, without torch and with one thread, so that it can be forked: every search is
a child of this one and starts at once. Prints what was done as JSON.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from logging import getLogger
from pathlib import Path
from random import Random
from shutil import rmtree

from pisnas_mm.detectors import export, search_result
from pisnas_mm.search import build_searcher
from pisnas_mm.search.records import Records
from tests.test_search import small

BASES = Path(__file__).parents[2] / 'configs/_base_'
FILES = ('history.jsonl', 'checkpoint.json', 'best.json', 'backbone.py', 'small_detector.py')
IMAGE_SIZE = 64
DETECTOR = dict(base=['detectors/gfl_fpn.py'], backbone=dict(out_indices=(0, 1, 2)))
LOGGER = getLogger('killed')


def search(folder: Path, num_candidates: int) -> None:
    """A search as its user would repeat it: go on, or start where there is nothing to go on from.

    The seconds between checkpoints differ from run to run.
    """
    cfg = small.config(
        num_candidates=num_candidates,
        population_size=16,
        checkpoint_interval=60,
        checkpoint_seconds=1 + os.getpid() % 2,
    )
    folder.mkdir(parents=True, exist_ok=True)
    searcher = build_searcher(cfg, folder, LOGGER)
    begun = list(folder.glob('checkpoint*'))
    population = searcher.run(resume=bool(begun))
    score = searcher.evaluator.score
    result = search_result(population[:3], searcher.evolution.space.seed, score, IMAGE_SIZE)
    export(result, DETECTOR, BASES, folder, 'small')


def start(folder: Path, num_candidates: int, before: Callable[[], None] | None = None) -> int:
    """The process of a search; ``before`` runs in it first."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if before:
            before()
        search(folder, num_candidates)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def was_killed(pid: int) -> bool:
    """Wait for a process, which was killed or succeeded."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def at_random_moments(folder: Path, kills: int, num_candidates: int) -> list[str]:
    """Kill until there were so many kills, and finish; what differs from an uninterrupted run."""
    whole, cut = folder / 'whole', folder / 'cut'
    began = time.monotonic()
    assert not was_killed(start(whole, num_candidates))
    seconds, expected = time.monotonic() - began, contents(whole)
    rng, done, different = Random(0), 0, []
    while True:
        pid = start(cut, num_candidates)
        if done < kills:
            time.sleep(rng.random() * seconds)
            os.kill(pid, signal.SIGKILL)
        if was_killed(pid):
            done += 1
            continue
        found = contents(cut)
        different += [
            f'{name} after {done} kills' for name in FILES if found[name] != expected[name]
        ]
        rmtree(cut)
        if done >= kills:
            return different


def at_every_step(folder: Path, num_candidates: int) -> tuple[int, list[str]]:
    """Kill before every operation on the disk, one search each; how many, and what differs."""
    whole = folder / 'every'
    assert not was_killed(start(whole, num_candidates))
    expected, different, step = contents(whole), [], 0
    while True:
        cut = folder / f'step {step}'
        if not was_killed(start(cut, num_candidates, lambda: die_at(step))):  # noqa: B023
            return step, different
        assert not was_killed(start(cut, num_candidates))
        found = contents(cut)
        different += [f'{name} at step {step}' for name in FILES if found[name] != expected[name]]
        rmtree(cut)
        step += 1


def die_at(step: int) -> None:
    """Let this process kill itself in place of its n-th operation on the disk (from 0).

    A line of the history is half written by then.
    """
    left = [step]

    def count() -> bool:
        left[0] -= 1
        return left[0] < 0

    def mortal(operation: Callable) -> Callable:
        def wrapped(*args, **kwargs):
            if count():
                os.kill(os.getpid(), signal.SIGKILL)
            return operation(*args, **kwargs)

        return wrapped

    for name in ('fsync', 'replace', 'unlink', 'truncate'):
        setattr(os, name, mortal(getattr(os, name)))
    opened = Records._open

    class Torn:
        def __init__(self, records: Records) -> None:
            self.file = opened(records)
            self.fileno = self.file.fileno

        def write(self, data: bytes) -> int:
            if count():
                self.file.write(data[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return self.file.write(data)

    Records._open = lambda records: Torn(records)


def main(folder: Path, kills: int) -> None:
    LOGGER.setLevel('ERROR')
    different = at_random_moments(folder, kills, num_candidates=1200)
    steps, more = at_every_step(folder, num_candidates=200)
    print(json.dumps({'kills': kills, 'steps': steps, 'different': different + more}))


if __name__ == '__main__':
    main(Path(sys.argv[1]), int(sys.argv[2]))
