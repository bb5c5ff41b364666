"""Searches in several processes, started by torchrun."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.test_tools.test_search import CONFIG, DATA, REPOSITORY, run

DIST_SEARCH = REPOSITORY / 'tools' / 'dist_search.sh'
FILES = ('best.json', 'history.jsonl', 'checkpoint.json', 'backbone.py', 'small_detector.py')
MONTE_CARLO = (
    '--cfg-options',
    'image_size=32',
    'search.num_candidates=60',
    'search.generation_size=20',
    'search.checkpoint_interval=20',
    'score.pr_score.type=MonteCarloPRScore',
    'score.pr_score.batch_size=2',
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / 'configs' / 'small.py'
    path.parent.mkdir()
    path.write_text(CONFIG.format(repository=REPOSITORY))
    (path.parent / 'data.py').write_text(DATA)
    return path


def dist_run(
    config: Path, number: int, *arguments: object, code: int = 0, **env: str
) -> subprocess.CompletedProcess[str]:
    path = f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'
    done = subprocess.run(
        [*map(str, [DIST_SEARCH, config, number, *arguments])],
        cwd=config.parents[1],
        env={**os.environ, 'PATH': path, 'PORT': str(free_port()), 'OMP_NUM_THREADS': '1', **env},
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) == (code == 0), done.stderr
    return done


def assert_same(folder: Path, other: Path) -> None:
    for file in FILES:
        assert (folder / file).read_bytes() == (other / file).read_bytes(), file


@pytest.mark.parametrize('options', [(), MONTE_CARLO], ids=['closed form', 'Monte-Carlo'])
def test_one_two_and_four_processes_give_the_same_bytes(config, tmp_path, monkeypatch, options):
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    run(config, '--work-dir', 'alone', *options, cwd=tmp_path)
    for number in (1, 2, 4):
        done = dist_run(config, number, '--work-dir', f'{number}', *options)
        assert_same(tmp_path / f'{number}', tmp_path / 'alone')
        assert done.stdout.count('best architectures') == 1
        assert len(re.findall(r'(\d+)/\1 candidates', done.stdout)) == 1
    assert not list(tmp_path.glob('*/search.lock'))


def test_a_mistake_is_told_once(config, tmp_path):
    done = dist_run(config, 2, '--resume', code=2)
    assert done.stderr.count('error: nothing to resume') == 1


PLUGIN = """
import os
import re
import signal
import time

from pisnas_mm.registry import SCORES
from pisnas_mm.scores import PRScore


@SCORES.register_module()
class Mortal(PRScore):
    asked = 0

    def unless_below(self, genotype, floor):
        self.asked += 1
        dies = os.environ.get('RANK') == os.environ.get('DIES', 'nobody')
        first = os.environ.get('TORCHELASTIC_RESTART_COUNT', '0') == '0'
        if self.asked == 200 and dies and first:
            if os.environ['HOW'] == 'killed':
                os.kill(os.getpid(), signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            time.sleep(600)
        return super().unless_below(genotype, floor)
"""
MORTAL = (
    '--cfg-options',
    'custom_imports.imports=plugin',
    'score.pr_score.type=Mortal',
    'search.checkpoint_interval=300',
)


@pytest.mark.parametrize(
    ('dies', 'how', 'timeout'), [('1', 'killed', 600), ('0', 'killed', 600), ('1', 'hangs', 4)]
)
def test_a_lost_process_ends_the_job_with_a_message_and_a_state(
    config, tmp_path, monkeypatch, dies, how, timeout
):
    (tmp_path / 'plugin.py').write_text(PLUGIN)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    run(config, '--work-dir', 'alone', *MORTAL, cwd=tmp_path)
    start = time.monotonic()
    args = ('--work-dir', 'many', '--timeout', timeout, *MORTAL)
    done = dist_run(config, 2, *args, code=1, DIES=dies, HOW=how)
    assert time.monotonic() - start < 300
    if how == 'hangs':
        assert 'did not answer within 4 s' in done.stderr
        assert 'go on with: the same command and --resume' in done.stderr
    else:
        assert 'SIGKILL' in done.stderr  # by torchrun: who, and of what
    assert (tmp_path / 'many' / 'checkpoint.json').exists()
    run(config, '--work-dir', 'many', *MORTAL, '--resume', cwd=tmp_path)
    assert_same(tmp_path / 'many', tmp_path / 'alone')


def test_restarted_processes_go_on_by_themselves(config, tmp_path, monkeypatch):
    (tmp_path / 'plugin.py').write_text(PLUGIN)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    run(config, '--work-dir', 'alone', *MORTAL, cwd=tmp_path)
    args = ('--work-dir', 'many', *MORTAL)
    done = dist_run(config, 2, *args, DIES='0', HOW='killed', MAX_RESTARTS='1')
    assert 'resumed after ' in done.stdout
    assert_same(tmp_path / 'many', tmp_path / 'alone')


@pytest.mark.parametrize(
    ('env', 'group'),
    [
        ({}, ('1', '0', '127.0.0.1', '29500', '0')),
        (
            dict(NNODES='4', NODE_RANK='3', MASTER_ADDR='10.0.0.1', PORT='29999', MAX_RESTARTS='2'),
            ('4', '3', '10.0.0.1', '29999', '2'),
        ),
    ],
)
def test_the_launcher_calls_torchrun(tmp_path, env, group):
    python = tmp_path / 'python'
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        [DIST_SEARCH, 'a config.py', '8', '--work-dir', 'a folder'],
        env={'PATH': f'{tmp_path}:/bin:/usr/bin', **env},
        capture_output=True,
        text=True,
    )
    nodes, rank, address, port, restarts = group
    assert done.stdout.splitlines() == [
        *('-m', 'torch.distributed.run', f'--nnodes={nodes}', f'--node_rank={rank}'),
        *(f'--master_addr={address}', f'--master_port={port}', '--nproc_per_node=8'),
        *(f'--max_restarts={restarts}', str(REPOSITORY / 'tools' / 'search.py'), 'a config.py'),
        *('--launcher', 'pytorch', '--work-dir', 'a folder'),
    ]
    done = subprocess.run([DIST_SEARCH, 'config.py'], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f'usage: {DIST_SEARCH} CONFIG PROCESSES')
