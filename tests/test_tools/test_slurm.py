"""The slurm launchers, with a stand-in for `srun` that says how it was called."""

import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / 'tools'


def called(tmp_path: Path, tool: str, *args: str, **env: str) -> list[str]:
    srun = tmp_path / 'srun'
    srun.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    srun.chmod(0o755)
    done = subprocess.run(
        [TOOLS / f'slurm_{tool}.sh', *args],
        env={'PATH': f'{tmp_path}:/bin:/usr/bin', **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def resources(gpus: int, per_node: int, cpus: int) -> list[str]:
    return [
        *('--partition=a part', '--job-name=job', f'--gres=gpu:{per_node}', f'--ntasks={gpus}'),
        *(f'--ntasks-per-node={per_node}', f'--cpus-per-task={cpus}', '--kill-on-bad-exit=1'),
    ]


@pytest.mark.parametrize(
    ('env', 'asked', 'extra'),
    [
        ({}, (8, 8, 5), []),
        (dict(GPUS='1'), (1, 1, 5), []),
        (dict(GPUS='16', CPUS_PER_TASK='4'), (16, 8, 4), []),
        (dict(GPUS='16', GPUS_PER_NODE='4'), (16, 4, 5), []),
        (dict(SRUN_ARGS='--time=1:00 --quotatype=spot'), (8, 8, 5), None),
    ],
)
def test_training(
    tmp_path: Path, env: dict[str, str], asked: tuple[int, int, int], extra: list[str] | None
) -> None:
    extra = env['SRUN_ARGS'].split() if extra is None else extra
    args = ['a part', 'job', 'a config.py', 'a folder', '--amp', '--cfg-options', 'a=b c']
    assert called(tmp_path, 'train', *args, **env) == [
        *resources(*asked),
        *extra,
        *('python', '-u', str(TOOLS / 'train.py'), 'a config.py', '--launcher', 'slurm'),
        *('--work-dir', 'a folder', '--amp', '--cfg-options', 'a=b c'),
    ]


@pytest.mark.parametrize('more', [[], ['--resume']])
def test_the_work_dir_may_be_left_out(tmp_path: Path, more: list[str]) -> None:
    assert called(tmp_path, 'train', 'a part', 'job', 'config.py', *more) == [
        *resources(8, 8, 5),
        *('python', '-u', str(TOOLS / 'train.py'), 'config.py', '--launcher', 'slurm', *more),
    ]


def test_evaluating(tmp_path: Path) -> None:
    args = ['a part', 'job', 'config.py', 'a.pth', '--out', 'found.pkl']
    assert called(tmp_path, 'test', *args, GPUS='2') == [
        *resources(2, 2, 5),
        *('python', '-u', str(TOOLS / 'test.py'), 'config.py', 'a.pth', '--launcher', 'slurm'),
        *('--out', 'found.pkl'),
    ]


def test_verifying(tmp_path: Path) -> None:
    args = ['a part', 'job', 'a search', '--cfg-options', 'verify.hours=2']
    assert called(tmp_path, 'verify', *args, GPUS='16', SRUN_ARGS='--exclusive') == [
        *resources(16, 8, 5),
        '--exclusive',
        *('python', '-u', str(TOOLS / 'verify.py'), 'a search', '--launcher', 'slurm'),
        *('--cfg-options', 'verify.hours=2'),
    ]


@pytest.mark.parametrize(
    ('env', 'processes', 'per_node', 'cpus', 'extra'),
    [
        ({}, 8, 8, 1, []),
        (dict(PROCESSES='2', CPUS_PER_TASK='3'), 2, 2, 3, []),
        (dict(PROCESSES='16', SRUN_ARGS='--gres=gpu:8'), 16, 8, 1, ['--gres=gpu:8']),
    ],
)
def test_searching(
    tmp_path: Path,
    env: dict[str, str],
    processes: int,
    per_node: int,
    cpus: int,
    extra: list[str],
) -> None:
    args = ['a part', 'job', 'a config.py', 'a folder', '--resume']
    assert called(tmp_path, 'search', *args, **env) == [
        *('--partition=a part', '--job-name=job', f'--ntasks={processes}'),
        *(f'--ntasks-per-node={per_node}', f'--cpus-per-task={cpus}', '--kill-on-bad-exit=1'),
        *extra,
        *('python', '-u', str(TOOLS / 'search.py'), 'a config.py', '--launcher', 'slurm'),
        *('--work-dir', 'a folder', '--resume'),
    ]


@pytest.mark.parametrize(
    ('tool', 'args', 'what'),
    [
        ('train', ['p', 'j'], 'CONFIG'),
        ('test', ['p', 'j', 'c'], 'CONFIG'),
        ('search', ['p', 'j'], 'CONFIG'),
        ('verify', ['p', 'j'], 'WORK_DIR'),
    ],
)
def test_they_say_how_they_are_called(tool: str, args: list[str], what: str) -> None:
    script = TOOLS / f'slurm_{tool}.sh'
    done = subprocess.run([script, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f'usage: {script} PARTITION JOB_NAME {what}')
