"""Measuring with a clock that follows a formula, and once for real."""

from itertools import islice

import pytest

from pisnas_mm.latency.kernels import calls
from pisnas_mm.latency.table import Timed, read_table
from pisnas_mm.registry import SPACES, build
from pisnas_mm.timing.backends import open_backend
from pisnas_mm.timing.measuring import Effort, Stopwatch, agreement, measured_table
from pisnas_mm.timing.plan import drawn
from tests.tables import FACTORS, OFFSET, formula
from tests.test_search import small

SPACE = build(SPACES, small.config()['space'], 'space')
EFFORT = Effort(corrections=12, checks=6)


class Formula(Stopwatch):
    """What it times follows from the formula, and it may be interrupted."""

    def __init__(self, left: int = 10_000, **changes) -> None:
        given = dict(device='cpu', threads=1, precision='fp32') | changes
        super().__init__(open_backend('torch', **given), 64, 1, (1, 2))
        self.left = left
        self.timed = 0

    def kernels(self, some):
        self._count(len(some))
        return [Timed(formula(point.kernel, point.widths), 0.0) for point in some]

    def backbones(self, some, repeats=1):
        self._count(len(some))
        return [Timed(OFFSET + sum(map(_corrected, calls(one, 64))), 0.0) for one in some]

    def _count(self, more: int) -> None:
        self.timed += more
        self.left -= more
        if self.left < 0:
            raise KeyboardInterrupt


def _corrected(call) -> float:
    return call.times * FACTORS[call.kernel.kind] * formula(call.kernel, call.widths)


def backbones():
    return drawn(SPACE, {}, 64, 0)


def test_what_follows_the_model_is_predicted(tmp_path) -> None:
    table = measured_table(Formula(), backbones(), tmp_path / 'table.json', EFFORT)
    assert table.correction.offset == pytest.approx(OFFSET, rel=0.01)
    assert table.check['backbones'] == 6
    for name in ('predicted', 'measured_twice'):
        assert table.check[name]['within_10_percent'] == 1
        assert table.check[name]['kendall_tau'] == 1
        assert abs(table.check[name]['largest_error']) < 0.01
    (later,) = islice(backbones(), 300, 301)
    expected = OFFSET + sum(map(_corrected, calls(later, 64)))
    assert table(later, 64) == pytest.approx(expected, rel=0.01)
    assert table.about['hardware']
    assert set(table.about['versions']) == {'torch'}


class SlowAtFirst(Formula):
    """Somebody else uses the machine for the first half of the whole backbones."""

    asked = 0

    def backbones(self, some, repeats=1):
        found = super().backbones(some, repeats)
        first, self.asked = self.asked, self.asked + len(some)
        return [
            one._replace(ms=one.ms * (1.5 if first + i < 9 else 1)) for i, one in enumerate(found)
        ]


def test_a_machine_that_was_slow_for_a_while_biases_no_prediction(tmp_path) -> None:
    """Correcting and checking backbones are measured in turns, so that both were slow as often."""
    table = measured_table(SlowAtFirst(), backbones(), tmp_path / 'table.json', EFFORT)
    assert table.check['backbones'] == 6
    assert abs(table.check['predicted']['bias']) < 0.1


@pytest.mark.parametrize('left', [20, 60, 75])
def test_an_interrupted_measurement_is_gone_on_with(tmp_path, left) -> None:
    whole = Formula()
    measured_table(whole, backbones(), tmp_path / 'whole.json', EFFORT)
    path = tmp_path / 'table.json'
    with pytest.raises(KeyboardInterrupt):
        measured_table(Formula(left), backbones(), path, EFFORT)
    with pytest.raises(ValueError, match='is not complete'):
        read_table(path).check_complete()
    again = Formula()
    measured_table(again, backbones(), path, EFFORT)
    assert path.read_text() == (tmp_path / 'whole.json').read_text()
    assert whole.timed - left <= again.timed < whole.timed


def test_a_file_of_other_conditions_is_left_as_it_is(tmp_path) -> None:
    path = tmp_path / 'table.json'
    measured_table(Formula(), backbones(), path, EFFORT)
    before = path.read_text()
    with pytest.raises(ValueError, match='has threads 1 and not 2; choose another file'):
        measured_table(Formula(threads=2), backbones(), path, EFFORT)
    path.write_text(before[:500])
    with pytest.raises(ValueError, match='is damaged'):
        measured_table(Formula(), backbones(), path, EFFORT)
    assert path.read_text() == before[:500]


def test_agreement_of_times() -> None:
    assert agreement([1.0, 2.18, 3.0, 3.9], [1.0, 2.0, 4.0, 3.0]) == {
        'within_10_percent': 0.5,
        'kendall_tau': round(4 / 6, 4),
        'bias': 0.035,
        'largest_error': 0.3,
    }


def test_real_times_are_measured(tmp_path) -> None:
    stopwatch = Stopwatch(open_backend('torch', 'cpu', 1, 'fp32'), 64, 1, (1, 2))
    few = list(islice(backbones(), 10))
    table = measured_table(stopwatch, iter(few), tmp_path / 'table.json', Effort(8, 2))
    assert all(timed.ms > 0 for times in table.kernels.values() for timed in times.values())
    measured = [whole.timed.ms for whole in table.wholes]
    assert len(measured) == 10
    assert 0.2 < table(few[0], 64) / measured[0] < 5
