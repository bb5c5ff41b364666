import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pisnas_mm.utils import lock
from pisnas_mm.utils.lock import locked, start_of

OTHER = """
import sys
from pathlib import Path
from pisnas_mm.utils.lock import locked
with locked(Path(sys.argv[1])):
    print('locked', flush=True)
    sys.stdin.read()
"""


def other(folder: Path) -> subprocess.Popen:
    """Another process that owns the folder until its input ends."""
    process = subprocess.Popen(
        [sys.executable, '-c', OTHER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, 'PYTHONPATH': str(Path(__file__).parents[2])},
    )
    assert process.stdout.readline() == b'locked\n'
    return process


def test_the_owner_of_a_folder_is_named(tmp_path):
    with other(tmp_path) as process:
        since = json.loads((tmp_path / 'search.lock').read_text())['since']
        message = f'in use by process {process.pid} on .*, started {since}; .*--work-dir$'
        with pytest.raises(ValueError, match=message), locked(tmp_path):
            pass
        process.stdin.close()
    assert not (tmp_path / 'search.lock').exists()
    with locked(tmp_path):
        assert (tmp_path / 'search.lock').exists()
    assert not (tmp_path / 'search.lock').exists()


def test_the_lock_of_a_killed_process_is_stale(tmp_path):
    process = other(tmp_path)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie: dead, but known
    with locked(tmp_path):
        assert json.loads((tmp_path / 'search.lock').read_text())['pid'] == os.getpid()
    process.communicate()


@pytest.mark.parametrize(
    ('change', 'stale'),
    [
        ({}, False),
        (dict(start='another boot 1'), True),
        (dict(start=None), False),
        (dict(start=None, pid=2**22 + 1), True),
        (dict(pid=2**22 + 1), True),
        (dict(host='elsewhere', pid=2**22 + 1), False),
    ],
)
def test_a_process_is_its_number_and_its_start(tmp_path, change, stale):
    with locked(tmp_path):
        owner = json.loads((tmp_path / 'search.lock').read_text())
    (tmp_path / 'search.lock').write_text(json.dumps(owner | change))
    if stale:
        with locked(tmp_path):
            pass
    else:
        remedy = r'delete .*search.lock if it is gone' if 'host' in change else '--work-dir$'
        with pytest.raises(ValueError, match=remedy), locked(tmp_path):
            pass
        assert (tmp_path / 'search.lock').exists()


@pytest.mark.parametrize('text', ['', '{', '[]', '{"pid": "1"}', '{"pid": -1}', '{"pid": 1}'])
def test_a_lock_that_names_nobody_is_stale(tmp_path, text):
    (tmp_path / 'search.lock').write_text(text)
    with locked(tmp_path):
        pass


def test_an_error_releases_it(tmp_path):
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    assert not (tmp_path / 'search.lock').exists()


def test_one_of_many_gets_a_stale_lock(tmp_path):
    (tmp_path / 'search.lock').write_text('{"pid": 0}')
    command = [sys.executable, '-c', OTHER, str(tmp_path)]
    env = {**os.environ, 'PYTHONPATH': str(Path(__file__).parents[2])}
    pipes = dict.fromkeys(('stdin', 'stdout', 'stderr'), subprocess.PIPE)
    several = [subprocess.Popen(command, env=env, **pipes) for _ in range(5)]
    while sum(process.poll() is None for process in several) > 1:
        time.sleep(0.01)
    said = [process.communicate()[0] for process in several]
    assert said.count(b'locked\n') == 1


def test_the_start_of_a_process_is_its_own():
    assert start_of(os.getpid()) == start_of(os.getpid()) is not None
    assert start_of(os.getpid()) != start_of(1)
    assert start_of(2**22 + 1) is None


def test_two_who_see_a_stale_lock_at_once_do_not_both_get_it(tmp_path, monkeypatch):
    (tmp_path / 'search.lock').write_text('{"pid": 0}')
    read, end = lock.read_owner, threading.Event()

    def slowly(file):
        owner = read(file)
        time.sleep(0.1)
        return owner

    def work():
        try:
            with locked(tmp_path):
                got.append(True)
                end.wait()
        except ValueError:
            got.append(False)

    monkeypatch.setattr(lock, 'read_owner', slowly)
    got: list[bool] = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(got) < 4:
        time.sleep(0.01)
    end.set()
    for thread in threads:
        thread.join()
    assert got.count(True) == 1


def test_a_system_without_posix_locks_will_do(tmp_path):
    """As on Windows, as far as that can be imitated."""
    without = 'import os, sys; sys.modules["fcntl"] = None; del os.pread, os.pwrite'
    command = [sys.executable, '-c', without + OTHER, str(tmp_path)]
    env = {**os.environ, 'PYTHONPATH': str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b'locked\n'
        with pytest.raises(ValueError, match=f'in use by process {process.pid}'), locked(tmp_path):
            pass
        process.stdin.close()
    assert process.returncode == 0
    assert not (tmp_path / 'search.lock').exists()


def test_who_cannot_ask_says_how_to_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, 'is_known', lambda owner: False)
    asked = []
    monkeypatch.setattr(os, 'kill', lambda *args: asked.append(args))  # Windows would stop it
    remedy = r'delete .*search.lock if it is gone'
    with locked(tmp_path), pytest.raises(ValueError, match=remedy), locked(tmp_path):
        pass
    assert not asked
