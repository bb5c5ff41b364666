"""Who has which part of shared work: one process at a time, until it has gone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pisnas_mm.utils import claims
from pisnas_mm.utils.claims import Claims

ROOT = Path(__file__).parents[2]
TAKE = 'import sys; from pathlib import Path; from pisnas_mm.utils.claims import Claims\n'
HOLD = TAKE + 'print(Claims().take(Path(sys.argv[1])) is not None, flush=True); sys.stdin.read()'


def other(folder: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, 'PYTHONPATH': str(ROOT)}
    pipes: dict[str, Any] = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return subprocess.Popen([sys.executable, '-c', HOLD, str(folder)], env=env, **pipes)


def answer(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_what_one_has_nobody_else_gets(tmp_path: Path) -> None:
    mine = Claims().take(tmp_path)
    assert mine is not None
    assert mine.renew()
    with other(tmp_path) as process:
        assert answer(process) == b'False'
        process.communicate()
    assert Claims().take(tmp_path) is None  # nor does another thread
    mine.release()
    assert list(tmp_path.iterdir()) == []
    with other(tmp_path) as process:
        assert answer(process) == b'True'
        assert Claims().take(tmp_path) is None
        process.communicate()
    assert Claims().take(tmp_path) is not None  # it has gone without a word


def test_of_many_one_gets_it(tmp_path: Path) -> None:
    several = [other(tmp_path) for _ in range(5)]
    assert sorted(answer(process) for process in several) == [b'False'] * 4 + [b'True']
    for process in several:
        process.communicate()


def test_it_counts_while_what_was_started_lives(tmp_path: Path) -> None:
    """A training outlives the process that wanted it by a moment, if that is killed."""
    code = TAKE + 'claim = Claims().take(Path(sys.argv[1])); claim.started(int(sys.argv[2]))'
    env = {**os.environ, 'PYTHONPATH': str(ROOT)}
    with subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE) as training:
        command = [sys.executable, '-c', code, str(tmp_path), str(training.pid)]
        subprocess.run(command, env=env, check=True)
        assert Claims().take(tmp_path) is None
        training.kill()
    assert Claims().take(tmp_path) is not None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the time is, in the only item."""
    now = [1000.0]
    monkeypatch.setattr(claims.time, 'monotonic', lambda: now[0])
    return now


def move(folder: Path) -> None:
    """Make a claim that of another machine."""
    path = folder / 'claim.json'
    path.write_text(json.dumps(json.loads(path.read_text()) | {'host': 'elsewhere'}))


def test_another_machine_has_it_for_as_long_as_it_renews(
    tmp_path: Path, clock: list[float]
) -> None:
    assert Claims().take(tmp_path)
    move(tmp_path)
    mine = Claims()
    assert mine.take(tmp_path) is None
    clock[0] += claims.SILENT - 1
    assert mine.take(tmp_path) is None
    os.utime(tmp_path / 'claim.json', (5, 5))  # whatever its clock says
    clock[0] += claims.SILENT - 1
    assert mine.take(tmp_path) is None
    clock[0] += claims.SILENT - 1
    assert mine.take(tmp_path) is None
    clock[0] += 2
    assert Claims().take(tmp_path) is None  # who has just come knows nothing
    assert mine.take(tmp_path) is not None


def test_what_was_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    mine = Claims().take(tmp_path)
    assert mine is not None
    move(tmp_path)
    text = (tmp_path / 'claim.json').read_text()
    assert not mine.renew()
    mine.release()
    assert (tmp_path / 'claim.json').read_text() == text


def test_renewing_is_seen(tmp_path: Path) -> None:
    mine = Claims().take(tmp_path)
    assert mine is not None
    path = tmp_path / 'claim.json'
    os.utime(path, (5, 5))
    assert mine.renew()
    assert path.stat().st_mtime > 5


def test_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, 'LOOK', 0.01)
    with other(tmp_path) as process:
        assert answer(process) == b'True'
        assert process.stdin is not None
        process.stdin.close()
        with Claims().waiting(tmp_path):
            assert Claims().take(tmp_path) is None
    assert not (tmp_path / 'claim.json').exists()
