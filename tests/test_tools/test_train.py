import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from pisnas_mm.detectors import training
from pisnas_mm.models.safe_globals import allow_checkpoint_types
from tests.ports import free_port

TOOLS = Path(__file__).parents[2] / 'tools'

RunTool = Callable[..., None]


def load(checkpoint: Path) -> dict[str, Any]:
    allow_checkpoint_types()
    return torch.load(checkpoint, weights_only=True)


def assert_same(actual: Any, expected: Any, place: str = '') -> None:
    """Equal in every bit, all the way down."""
    assert type(actual) is type(expected), place
    if isinstance(expected, dict):
        assert actual.keys() == expected.keys(), place
        for key in expected:
            assert_same(actual[key], expected[key], f'{place}.{key}')
    elif isinstance(expected, (list, tuple)):
        assert len(actual) == len(expected), place
        for i, (one, other) in enumerate(zip(actual, expected, strict=True)):
            assert_same(one, other, f'{place}.{i}')
    elif isinstance(expected, torch.Tensor):
        assert torch.equal(actual, expected), place
    else:
        assert actual == expected, place


@pytest.fixture
def config_of_run(monkeypatch: pytest.MonkeyPatch, run_tool: RunTool) -> Callable[..., Any]:
    """Run the tool up to the runner, and give the config that the runner would get."""

    class Recorder:
        def __init__(self, cfg: Any, *_: object) -> None:
            self.cfg = cfg

        def register_hook(self, hook: object) -> None:
            pass

        def train(self) -> None:
            recorded.append(self.cfg)

    recorded: list[Any] = []
    monkeypatch.setattr(training, 'build_runner', Recorder)

    def run(*args: object) -> Any:
        run_tool('train', *args)
        return recorded.pop()

    return run


def test_training_leaves_what_mmdetection_leaves(tiny_run: Path) -> None:
    names = {path.name for path in tiny_run.iterdir()}
    assert {'tiny.py', 'epoch_1.pth', 'epoch_2.pth', 'last_checkpoint'} <= names
    assert (tiny_run / 'last_checkpoint').read_text() == str(tiny_run / 'epoch_2.pth')
    (log,) = tiny_run.glob('*/vis_data/scalars.json')
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line['iter'] for line in lines if 'loss' in line] == list(range(1, 9))
    assert [line['step'] for line in lines if 'coco/bbox_mAP' in line] == [1, 2]


def test_training_changes_the_weights(tiny_run: Path) -> None:
    one, two = (load(tiny_run / f'epoch_{i}.pth')['state_dict'] for i in (1, 2))
    same = [name for name in one if one[name].dim() and torch.equal(one[name], two[name])]
    assert same == ['bbox_head.integral.project']  # a constant


@pytest.mark.parametrize('bare', [True, False])
def test_resuming_gives_what_an_uninterrupted_run_gives(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, run_tool: RunTool, bare: bool
) -> None:
    first = tmp_path / 'first'
    run_tool('train', tiny_config, '--work-dir', first, '--cfg-options', 'train_cfg.max_epochs=1')
    assert not (first / 'epoch_2.pth').exists()
    torch.serialization.clear_safe_globals()  # as in a new process
    if bare:
        second = first
        run_tool('train', tiny_config, '--work-dir', first, '--resume')
    else:
        second = tmp_path / 'second'
        checkpoint = first / 'epoch_1.pth'
        run_tool('train', tiny_config, '--work-dir', second, '--resume', checkpoint)
    assert_ends_alike(second, tiny_run)


def assert_ends_alike(work_dir: Path, whole: Path) -> None:
    """The second epoch's checkpoints are the same: weights, EMA, optimiser, schedule, log."""
    resumed, expected = load(work_dir / 'epoch_2.pth'), load(whole / 'epoch_2.pth')
    assert (resumed['meta']['epoch'], resumed['meta']['iter']) == (2, 8)
    for part in ('state_dict', 'ema_state_dict', 'optimizer', 'param_schedulers'):
        assert_same(resumed[part], expected[part], part)
    losses = [c['message_hub']['log_scalars']['train/loss'].data[0] for c in (resumed, expected)]
    assert losses[0].tolist() == losses[1].tolist()
    assert len(losses[1]) == 8


KILLER = """
import os
import signal

from mmengine.hooks import Hook
from mmengine.registry import HOOKS


@HOOKS.register_module()
class Killer(Hook):
    \"\"\"Kills the run after an iteration, or while the second epoch's checkpoint is written.\"\"\"

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        if os.environ['KILLED_AT'] == str(runner.iter + 1):
            os.kill(os.getpid(), signal.SIGKILL)

    def before_save_checkpoint(self, runner, checkpoint):
        if os.environ['KILLED_AT'] == 'saving' and runner.epoch == 1:
            with open(os.path.join(runner.work_dir, 'epoch_2.pth'), 'wb') as file:
                file.write(b'PK half of a checkpoint')
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize('moment', ['6', 'saving'])
def test_a_killed_training_goes_on_to_what_an_uninterrupted_one_gives(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, run_tool: RunTool, moment: str
) -> None:
    (tmp_path / 'killer.py').write_text(KILLER)
    config, work_dir = tmp_path / 'killed.py', tmp_path / 'work'
    config.write_text(
        f'_base_ = {str(tiny_config)!r}\n'
        "custom_imports = dict(imports=['pisnas_mm.models', 'killer'])\n"
        "custom_hooks = [*_base_.custom_hooks, dict(type='Killer')]\n"
    )
    done = subprocess.run(
        [*map(str, [sys.executable, TOOLS / 'train.py', config, '--work-dir', work_dir])],
        env={**os.environ, 'PYTHONPATH': str(tmp_path), 'KILLED_AT': moment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (work_dir / 'last_checkpoint').read_text() == str(work_dir / 'epoch_1.pth')
    torch.serialization.clear_safe_globals()  # as in a new process
    run_tool('train', tiny_config, '--work-dir', work_dir, '--resume')
    assert_ends_alike(work_dir, tiny_run)


def test_a_training_killed_while_it_notes_its_checkpoint_goes_on(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, config_of_run: Callable[..., Any]
) -> None:
    (tmp_path / 'last_checkpoint').touch()
    for name, seconds in [('epoch_1.pth', 5), ('epoch_10.pth', 9), ('epoch_9.pth', 7)]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (seconds, seconds))
    cfg = config_of_run(tiny_config, '--work-dir', tmp_path, '--resume')
    assert cfg.load_from == str(tmp_path / 'epoch_10.pth')


def test_two_processes_with_unequal_shares_that_are_resumed(
    tmp_path: Path, tiny_config: Path
) -> None:
    path = f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'
    config, work_dir = tmp_path / 'config.py', tmp_path / 'work'
    config.write_text(
        f'_base_ = {str(tiny_config)!r}\n'
        # Shared batch statistics need a GPU: on CPUs they are left out, not refused.
        "sync_bn = 'torch'\n"
        "model = dict(backbone=dict(norm_cfg=dict(type='SyncBN')))\n"
        'train_dataloader = dict(sampler=dict(round_up=False), dataset=dict(indices=7))\n'
    )
    # The first run ends after an epoch; the second goes on to the end of the schedule.
    for options in (['train_cfg.max_epochs=1'], ['train_cfg.max_epochs=2']):
        options = [*options, 'auto_scale_lr.base_batch_size=8']
        args = ['--auto-scale-lr', '--work-dir', work_dir, '--resume', '--cfg-options', *options]
        done = subprocess.run(
            [*map(str, [TOOLS / 'dist_train.sh', config, 2, *args])],
            env={**os.environ, 'PATH': path, 'PORT': str(free_port())},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        log = done.stdout + done.stderr
        assert 'coco/bbox_mAP:' in log
        assert 'Distributed training is not used' not in log
        assert 'do not share the statistics of batch norms' in log
    first, second = (load(work_dir / f'epoch_{i}.pth') for i in (1, 2))
    assert [c['meta']['iter'] for c in (first, second)] == [2, 4]  # 4 and 3 images, 2 a step
    assert first['optimizer']['param_groups'][0]['initial_lr'] == 0.01 * 4 / 8
    steps = [c['optimizer']['state'][0]['step'].item() for c in (first, second)]
    assert steps == [2, 4]  # the optimizer went on, too


@pytest.mark.parametrize(
    ('tool', 'files'),
    [('train', ['a config.py']), ('test', ['a config.py', 'a.pth']), ('verify', ['a search'])],
)
@pytest.mark.parametrize(
    ('env', 'group'),
    [
        ({}, ('1', '0', '127.0.0.1', '29500')),
        (
            dict(NNODES='4', NODE_RANK='3', MASTER_ADDR='10.0.0.1', PORT='29999'),
            ('4', '3', '10.0.0.1', '29999'),
        ),
    ],
)
def test_launchers_call_torchrun(
    tmp_path: Path, tool: str, files: list[str], env: dict[str, str], group: tuple[str, ...]
) -> None:
    python = tmp_path / 'python'
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        [TOOLS / f'dist_{tool}.sh', *files, '8', '--work-dir', 'a folder'],
        env={'PATH': f'{tmp_path}:/bin:/usr/bin', **env},
        capture_output=True,
        text=True,
    )
    nodes, rank, address, port = group
    assert done.stdout.splitlines() == [
        *('-m', 'torch.distributed.run', f'--nnodes={nodes}', f'--node_rank={rank}'),
        *(f'--master_addr={address}', f'--master_port={port}', '--nproc_per_node=8'),
        *(str(TOOLS / f'{tool}.py'), *files, '--launcher', 'pytorch', '--work-dir', 'a folder'),
    ]


def test_work_dir_is_named_after_the_config(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_config: Path,
    config_of_run: Callable[..., Any],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config_of_run(tiny_config).work_dir == 'work_dirs/tiny'
    assert (tmp_path / 'work_dirs/tiny').is_dir()
    own = config_of_run(tiny_config, '--cfg-options', 'work_dir=own')
    assert own.work_dir == 'own'
    argument = config_of_run(tiny_config, '--work-dir', 'argument', '--cfg-options', 'work_dir=own')
    assert argument.work_dir == 'argument'


def test_flags_change_the_config(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, config_of_run: Callable[..., Any]
) -> None:
    place = ['--work-dir', tmp_path]
    plain = config_of_run(tiny_config, *place)
    assert plain.optim_wrapper.type == 'OptimWrapper'
    assert plain.auto_scale_lr.enable is False
    assert plain.get('resume') is None

    wrapper = config_of_run(tiny_config, *place, '--amp').optim_wrapper
    assert (wrapper.type, wrapper.loss_scale) == ('AmpOptimWrapper', 'dynamic')
    assert config_of_run(tiny_config, *place, '--auto-scale-lr').auto_scale_lr.enable is True
    merged = config_of_run(
        tiny_config, *place, '--cfg-options', 'model.neck.num_outs=4', 'param_scheduler.1.T_max=9'
    )
    assert (merged.model.neck.num_outs, merged.param_scheduler[1].T_max) == (4, 9)

    bare = config_of_run(tiny_config, *place, '--resume')
    assert (bare.resume, bare.load_from) == (True, None)
    checkpoint = str(tiny_run / 'epoch_1.pth')
    named = config_of_run(tiny_config, *place, '--resume', checkpoint)
    assert (named.resume, named.load_from) == (True, checkpoint)


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['{missing}.py'], 'config {missing}.py not found; looked for {missing}.py'),
        (
            ['{config}', '--resume', '{missing}.pth'],
            'checkpoint {missing}.pth not found; looked for {missing}.pth; '
            'give the path of one with --resume CHECKPOINT',
        ),
        (
            ['{config}', '--cfg-options', 'load_from={missing}.pth'],
            'checkpoint {missing}.pth not found; looked for {missing}.pth; '
            'give the path of one with --resume CHECKPOINT',
        ),
        (
            ['{config}', '--cfg-options', 'train_dataloader.dataset.ann_file=missing.json'],
            'train_dataloader.dataset: ann_file {coco}/missing.json not found (data_root: {coco}); '
            'put the data there, or say where it is: '
            '--cfg-options train_dataloader.dataset.data_root=FOLDER',
        ),
        (
            ['{config}', '--cfg-options', 'val_dataloader.dataset.data_root=data/digits/'],
            'val_dataloader.dataset: ann_file {cwd}/data/digits/annotations.json not found '
            '(data_root: data/digits/); make it: python tools/make_digits.py data/digits',
        ),
        (
            ['{config}', '--cfg-options', 'auto_scale_lr=None', '--auto-scale-lr'],
            '--auto-scale-lr needs auto_scale_lr=dict(enable=False, base_batch_size=N) in {config}',
        ),
        (
            ['{config}', '--work-dir', '{config}/work'],
            'folder {config}/work cannot be written (Not a directory); '
            'choose another with --work-dir',
        ),
        (['--amp'], 'the following arguments are required: config (see '),
    ],
)
def test_user_errors_are_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tiny_config: Path,
    tiny_coco: Path,
    run_tool: RunTool,
    args: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    names = dict(missing=tmp_path / 'missing', config=tiny_config, coco=tiny_coco, cwd=tmp_path)
    with pytest.raises(SystemExit) as leaving:
        run_tool('train', *(arg.format(**names) for arg in args))
    assert leaving.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f'error: {message.format(**names)}')


def test_a_moved_work_dir_says_what_it_looks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tiny_config: Path, run_tool: RunTool
) -> None:
    gone = tmp_path / 'gone' / 'epoch_1.pth'
    (tmp_path / 'last_checkpoint').write_text(str(gone))
    with pytest.raises(SystemExit):
        run_tool('train', tiny_config, '--work-dir', tmp_path, '--resume')
    assert f'checkpoint {gone} not found' in capsys.readouterr().err


@pytest.mark.parametrize('tool', ['train', 'test'])
def test_help_needs_neither_torch_nor_an_installed_package(tmp_path: Path, tool: str) -> None:
    command = [sys.executable, '-I', '-S', '-X', 'importtime', TOOLS / f'{tool}.py', '--help']
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '--cfg-options' in done.stdout
    assert not {'torch', 'mmengine', 'numpy'} & set(done.stderr.split())


@pytest.mark.parametrize(
    ('script', 'what'),
    [('dist_train.sh', 'CONFIG'), ('dist_test.sh', 'CONFIG'), ('dist_verify.sh', 'WORK_DIR')],
)
def test_launchers_say_how_they_are_called(script: str, what: str) -> None:
    done = subprocess.run([TOOLS / script, 'config.py'], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f'usage: {TOOLS / script} {what}')
