import time
from itertools import count

import pytest

from pisnas_mm.timing import clock
from pisnas_mm.timing.clock import timed


def test_times_are_medians_in_milliseconds() -> None:
    long, short = timed([lambda: time.sleep(0.02), lambda: time.sleep(0.004)], 5)
    assert 20 <= long.ms < 40
    assert 4 <= short.ms < 10


def test_they_are_taken_in_turns(monkeypatch) -> None:
    """A fake clock that every run moves on: in each round, both run before either runs again."""
    now, order = [0.0], []
    monkeypatch.setattr(clock.time, 'perf_counter', lambda: now[0])

    def run_of(name: str, seconds: float):
        def run() -> None:
            order.append(name)
            now[0] += seconds

        return run

    found = timed([run_of('a', 0.5), run_of('b', 0.25)], 3)
    assert ''.join(order) == 'aabb' + 'ab' * 3
    assert [one.ms for one in found] == [500, 250]
    assert [one.spread for one in found] == [0, 0]


def test_what_is_short_runs_often_between_two_looks_at_the_clock(monkeypatch) -> None:
    now, runs = [0.0], count()
    monkeypatch.setattr(clock.time, 'perf_counter', lambda: now[0])

    def run() -> None:
        next(runs)
        now[0] += clock.LEAST / 8

    (found,) = timed([run], 2)
    assert next(runs) == 2 + 2 * 8
    assert found.ms == pytest.approx(1e3 * clock.LEAST / 8)


def test_the_clock_may_be_that_of_the_work() -> None:
    (found,) = timed([lambda: time.sleep(0.01)], 3, time.process_time)
    assert found.ms < 5


def test_what_was_disturbed_is_timed_again(monkeypatch) -> None:
    now, calls = [0.0], count()
    monkeypatch.setattr(clock.time, 'perf_counter', lambda: now[0])

    def run() -> None:
        n = next(calls)
        now[0] += 3.0 if 2 <= n < 7 and n % 2 else 1.0  # the first five readings are loud

    (found,) = timed([run], 5)
    assert found == (1000.0, 0.0)
    assert next(calls) == 2 + 2 * 5
