"""Searches whose disk, folder or score fails, and two of them in one folder."""

import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_tools.test_search import CONFIG, DATA, REPOSITORY, SEARCH, run

FILES = ('best.json', 'history.jsonl', 'checkpoint.json', 'small_detector.py')


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / 'configs' / 'small.py'
    path.parent.mkdir()
    path.write_text(CONFIG.format(repository=REPOSITORY))
    (path.parent / 'data.py').write_text(DATA)
    return path


def assert_same(folder: Path, whole: Path) -> None:
    for file in FILES:
        assert (folder / file).read_bytes() == (whole / file).read_bytes(), file


def test_a_second_search_in_a_folder_is_refused(config, tmp_path):
    command = [sys.executable, str(SEARCH), str(config), '--work-dir', 'one']
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        while not (tmp_path / 'one' / 'history.jsonl').exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        since = json.loads((tmp_path / 'one' / 'search.lock').read_text())['since']
        log = (tmp_path / 'one' / 'search.log').read_bytes()
        done = run(config, '--work-dir', 'one', cwd=tmp_path, code=2)
        assert (tmp_path / 'one' / 'search.log').read_bytes() == log
        process.send_signal(signal.SIGCONT)
    assert process.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith(f'error: one is in use by process {process.pid} on ')
    assert f'started {since}; wait for it or choose another with --work-dir' in line
    run(config, '--work-dir', 'one', cwd=tmp_path)


def test_a_killed_search_leaves_no_lock_that_holds(config, tmp_path):
    command = [sys.executable, str(SEARCH), str(config), '--work-dir', 'one']
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        while not list((tmp_path / 'one').glob('checkpoint*')):
            time.sleep(0.01)
        process.kill()
    assert (tmp_path / 'one' / 'search.lock').exists()
    run(config, '--work-dir', 'one', '--resume', cwd=tmp_path)
    assert not (tmp_path / 'one' / 'search.lock').exists()


@pytest.mark.parametrize('limit', [3000, 12_000, 20_000, 60_000])
def test_a_file_that_cannot_grow_stops_the_search_and_loses_nothing(config, tmp_path, limit):
    """The history at first, then the checkpoint, then the result."""
    more = ('--cfg-options', 'search.checkpoint_interval=300', 'search.population_size=40')
    run(config, '--work-dir', 'whole', *more, cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, str(SEARCH), str(config), '--work-dir', 'cut', *more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert 'Traceback' not in done.stderr
    if done.returncode == 0:
        assert limit == 60_000
        return
    assert done.returncode == 2
    *_, line = done.stderr.splitlines()
    assert 'cannot be written (File too large)' in line
    saved = list((tmp_path / 'cut').glob('checkpoint*'))
    assert bool(saved) == ('candidates is saved: make room and go on with --resume' in line)
    assert bool(saved) == (limit > 12_000)
    run(config, '--work-dir', 'cut', *more, *['--resume'][: len(saved)], cwd=tmp_path)
    assert_same(tmp_path / 'cut', tmp_path / 'whole')


def mounted(folder: Path, options: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script beside an own small file system at ``folder``; skip where that is not
    permitted."""
    mount = f'mount -t tmpfs -o {options} tmpfs {folder}'
    for words in (['unshare', '-m'], ['unshare', '-Urm']):
        if (
            shutil.which('unshare')
            and not subprocess.run([*words, 'sh', '-c', mount], capture_output=True).returncode
        ):
            return subprocess.run(
                [*words, 'sh', '-c', f'{mount} && {script}'],
                cwd=folder.parent,
                capture_output=True,
                text=True,
            )
    pytest.skip('no file systems can be mounted here')


def test_a_full_disk_stops_the_search_and_loses_nothing(config, tmp_path):
    folder = tmp_path / 'disk'
    folder.mkdir()
    more = '--cfg-options search.checkpoint_interval=300'
    run(config, '--work-dir', 'whole', *more.split(), cwd=tmp_path)
    search = f'{sys.executable} {SEARCH} {config} --work-dir {folder}/cut {more}'
    done = mounted(
        folder,
        'size=100k',
        f'{search}; echo code $?; ls -a {folder}/cut; mount -o remount,size=9m {folder}; '
        f'{search} --resume && cp -r {folder}/cut {tmp_path}/copy',
    )
    assert done.returncode == 0, done.stderr
    assert 'code 2' in done.stdout
    assert '.tmp' not in done.stdout
    assert 'Traceback' not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith('error: ')]
    assert len(lines) == 1
    assert 'cannot be written (No space left on device); the state after' in lines[0]
    assert_same(tmp_path / 'copy', tmp_path / 'whole')


def test_a_read_only_folder_is_refused_at_once(config, tmp_path):
    folder = tmp_path / 'disk'
    folder.mkdir()
    done = mounted(folder, 'ro', f'{sys.executable} {SEARCH} {config} --work-dir {folder}')
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f'folder {folder} cannot be written (Read-only file system)' in line


def test_a_log_that_cannot_be_written_stops_nothing(config, tmp_path):
    (tmp_path / 'one').mkdir()
    (tmp_path / 'one' / 'search.log').symlink_to('/dev/full')
    done = run(config, '--work-dir', 'one', cwd=tmp_path)
    (line,) = done.stderr.splitlines()
    assert line.startswith(f'{tmp_path}/one/search.log cannot be written (')
    assert (tmp_path / 'one' / 'best.json').exists()


PLUGIN = """
import os

from pisnas_mm.registry import SCORES
from pisnas_mm.scores import PRScore


@SCORES.register_module()
class Broken(PRScore):
    asked = 0

    def unless_below(self, genotype, floor):
        self.asked += 1
        if self.asked > int(os.environ['WORKS']):
            raise MemoryError(f'no room\\nfor {genotype!r} at {object()}')
        return self(genotype)
"""


def test_a_score_that_only_fails_stops_the_search(config, tmp_path, monkeypatch):
    (tmp_path / 'plugin.py').write_text(PLUGIN)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    monkeypatch.setenv('WORKS', '300')
    more = ('--cfg-options', 'custom_imports.imports=plugin', 'score.pr_score.type=Broken')
    done = run(config, *more, cwd=tmp_path, code=1)
    (line,) = done.stderr.splitlines()
    assert ' candidates in a row failed, the first with: MemoryError: no room for Geno' in line
    assert line.endswith('--resume')
    history = (tmp_path / 'work_dirs' / 'small' / 'history.jsonl').read_text().splitlines()
    failed = [failure for text in history for failure in json.loads(text).get('failed', [])]
    assert len(failed) == json.loads(history[-1])['rejected']['failed'] >= 20
    assert {'reason', 'arch'} == failed[0].keys()
    assert 'a candidate failed: MemoryError' in done.stdout
    monkeypatch.setenv('WORKS', '10000')
    done = run(config, *more, '--resume', cwd=tmp_path)
    assert f'{len(failed)} of 2000 candidates failed; see `failed` in ' in done.stdout
    assert f'{len(failed)} failed  rejected' in done.stdout
