import logging

import pytest

from pisnas_mm.constraints import Latency
from pisnas_mm.latency.table import Timed
from pisnas_mm.search import Evaluation
from pisnas_mm.timing import finalists, measuring
from pisnas_mm.timing.backends import Backend
from pisnas_mm.timing.finalists import as_entries, keeping_latency
from tests.tables import made_up
from tests.test_search import small

BEST = [Evaluation(genotype, (float(-i),)) for i, genotype in enumerate(small.everything()[:6])]
LOG = logging.getLogger('finalists')


@pytest.fixture
def clock(monkeypatch):
    """Milliseconds that are measured, one architecture after the other, on the table's machine."""
    times: list[float] = []
    monkeypatch.setattr(Backend, 'hardware', lambda self: 'none')
    monkeypatch.setattr(
        measuring.Stopwatch,
        'backbones',
        lambda self, some: [Timed(times.pop(0), 0.1) for _ in some],
    )
    return times


@pytest.fixture
def budget(tmp_path):
    made_up(tmp_path / 'table.json', small.everything()[:6], backend='torch')
    return Latency(max=2.0, table=str(tmp_path / 'table.json'), image_size=64)


def test_who_keeps_the_budget_stays_first(clock, budget, caplog) -> None:
    clock += [1.9, 2.1, 1.0]
    with caplog.at_level(logging.INFO):
        best, found = keeping_latency(BEST, {'time': budget}, (1, 2), LOG)
    assert best == [BEST[0], *BEST[2:], BEST[1]]
    one = as_entries(found)[BEST[1].genotype]['time']
    assert one == {
        'predicted': budget.measure(BEST[1].genotype),
        'measured': 2.1,
        'spread': 0.1,
        'budget': 2.0,
    }
    assert 'measured number 2: time 2.10 ms ± 5 %' in caplog.text
    assert 'goes out' not in caplog.text


def test_the_next_best_that_keeps_it_goes_out_and_it_is_said(clock, budget, caplog) -> None:
    clock += [2.1, 2.2, 2.3, 2.4, 1.5]
    best, found = keeping_latency(BEST, {'time': budget}, (1, 2), LOG)
    assert best[0] == BEST[4]
    assert best[1:] == [BEST[5], *BEST[:4]]
    assert len(found) == 5
    assert 'the best by score breaks its budget of latency; number 5 goes out' in caplog.text


def test_where_nobody_keeps_it_the_best_goes_out(clock, budget, caplog) -> None:
    clock += [3.0] * 6
    best, _ = keeping_latency(BEST, {'time': budget}, (1, 2), LOG)
    assert best == BEST
    assert 'no architecture keeps the budget of latency' in caplog.text


def test_another_machine_measures_nothing(clock, budget, caplog, monkeypatch) -> None:
    monkeypatch.setattr(Backend, 'hardware', lambda self: 'another')
    assert keeping_latency(BEST, {'time': budget}, (1, 2), LOG) == (BEST, {})
    assert 'the table is of none, and this is another' in caplog.text


def test_missing_packages_measure_nothing(clock, budget, caplog, monkeypatch) -> None:
    monkeypatch.setattr(finalists, 'find_spec', lambda package: None)
    assert keeping_latency(BEST, {'time': budget}, (1, 2), LOG) == (BEST, {})
    assert 'torch is not installed' in caplog.text


def test_without_a_budget_of_latency_nothing_happens(clock, budget, caplog) -> None:
    budget.finalists = 0
    assert keeping_latency(BEST, {'time': budget}, (1, 2), LOG) == (BEST, {})
    assert keeping_latency(BEST, {}, (1, 2), LOG) == (BEST, {})
    assert not caplog.text
