"""The comparison of scores with trainings, as a program."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.registry import SCORES

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/rank_correlation.py'
CONFIG = """
_base_ = ['{configs}/pis_digits.py']
image_size = 64
constraints = dict(_delete_=True, macs=dict(type='MACs', max=4e6))
detector = dict(
    _delete_=True,
    base=['{detector}'],
    options=dict(
        train_cfg=dict(max_epochs=1),
        default_hooks=dict(checkpoint=dict(save_best=None)),
    ),
)
ranking = dict(
    num_architectures=4,
    pool_size=20,
    least_use=dict(macs=0.8),
    training_seeds=(5,),
    num_resamples=100,
    top_k=2,
    scores=dict(
        twice=dict(type='PRScore', weights=(0, 2, 2, 2)),
        broken=dict(type='PRScore', weights=(1,)),
    ),
)
"""


@pytest.fixture
def config(tmp_path: Path, tiny_config: Path) -> Path:
    path = tmp_path / 'tiny_ranking.py'
    configs = (TOOL.parents[2] / 'configs').as_posix()
    path.write_text(CONFIG.format(configs=configs, detector=tiny_config.as_posix()))
    return path


def command(config: Path, *args: object) -> list[str]:
    return [sys.executable, str(TOOL), str(config), *map(str, args)]


def run(config: Path, *args: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(config, *args), cwd=config.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done


def train(work_dir: Path, name: str, value: float | None, seed: int = 5) -> None:
    """As if it had been trained."""
    folder = work_dir / name / f'seed-{seed}'
    folder.mkdir(parents=True, exist_ok=True)
    failure = None if value is not None else 'exit code 1: out of memory'
    result = {'metric': 'coco/bbox_mAP', 'value': value, 'failure': failure}
    (folder / 'result.json').write_text(json.dumps(result))


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def test_from_drawing_to_the_comparison(config: Path) -> None:
    """Four trainings, interrupted after the first; then the same command goes on."""
    work_dir = config.parent / 'work_dirs/tiny_ranking'
    begun = subprocess.Popen(
        command(config), cwd=config.parent, stdout=subprocess.PIPE, start_new_session=True
    )
    results = work_dir.glob
    for _ in range(1200):
        if list(results('*/seed-5/result.json')):
            break
        time.sleep(0.1)
    time.sleep(0.5)  # the second one runs
    begun.send_signal(signal.SIGTERM)
    assert begun.wait(30) == 128 + signal.SIGTERM
    first = {path: path.stat().st_mtime_ns for path in results('*/seed-5/result.json')}
    assert len(first) == 1
    assert trainings_alive(work_dir) == []

    done = run(config, '--jobs', 2)
    assert '[4/4] ' in done.stdout
    assert '[1/4]' not in done.stdout
    assert all(path.stat().st_mtime_ns == at for path, at in first.items())
    log = (work_dir / 'arch-1/seed-5/output.log').read_text()
    assert 'coco/bbox_mAP' in log
    assert {path.name for path in work_dir.iterdir() if path.is_file()} == {
        *('architectures.jsonl', 'architectures.csv', 'ranking.csv', 'ranking.md', 'ranking.png')
    }
    assert [a.id for a in read_architectures(str(work_dir / 'architectures.jsonl'))] == [
        f'arch-{i}' for i in range(4)
    ]
    values = [json.loads(path.read_text())['value'] for path in sorted(results('*/*/result.json'))]
    rows = table(work_dir / 'architectures.csv')
    assert [float(row['seed 5']) for row in rows] == pytest.approx(
        [100 * v for v in values], abs=0.01
    )


def trainings_alive(work_dir: Path) -> Sequence[str]:
    """Command lines of processes that train below a folder."""
    found = []
    for path in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            text = path.read_bytes().replace(b'\0', b' ').decode()
        except OSError:
            continue
        if 'detectors.training' in text and str(work_dir) in text:
            found.append(text)
    return found


def test_what_is_compared(config: Path) -> None:
    """Accuracies are made to follow the architectures' params."""
    work_dir = config.parent / 'out'
    run(config, '--no-training', '--work-dir', work_dir, code=2)  # draws them
    architectures = read_architectures(str(work_dir / 'architectures.jsonl'))
    from pisnas_mm import measures

    for architecture in architectures:
        train(work_dir, architecture.id, measures.params(architecture.genotype) / 1e7)
    done = run(config, '--no-training', '--work-dir', work_dir)
    rows = {row['score']: row for row in table(work_dir / 'ranking.csv')}
    assert set(SCORES.module_dict) - set(rows) <= set(done.stdout.split())
    assert next(iter(rows)) == 'PISScore'
    assert float(rows['params']['tau']) == float(rows['params']['rho']) == 1
    assert float(rows['params']['regret']) == 0
    pr, twice = (
        np.array([*map(float, list(rows[name].values())[1:10])]) for name in ('PRScore', 'twice')
    )
    assert (pr == twice).all()
    assert 'broken has no value: ' in done.stdout
    page = (work_dir / 'ranking.md').read_text()
    assert '* `broken` has no value: ' in page
    assert '4 architectures, each trained with 1 seed;' in page


def test_an_early_epoch_is_compared_as_a_score(config: Path) -> None:
    """After epoch 1 they stand in the reverse order."""
    run(config, '--no-training', '--work-dir', 'out', code=2)
    for i, value in enumerate((0.1, 0.4, 0.3, 0.2)):
        train(config.parent / 'out', f'arch-{i}', value)
        log = config.parent / f'out/arch-{i}/seed-5/run/vis_data/scalars.json'
        log.parent.mkdir(parents=True)
        values = {1: 1 - value, 2: value}
        lines = [json.dumps({'coco/bbox_mAP': of, 'step': epoch}) for epoch, of in values.items()]
        log.write_text('\n'.join(lines))
    early = '--cfg-options', 'ranking.early_epochs=[1,2]'
    run(config, '--no-training', '--work-dir', 'out', *early)
    rows = {row['score']: row for row in table(config.parent / 'out/ranking.csv')}
    taus = [float(rows[f'metric after epoch {epoch}']['tau']) for epoch in (1, 2)]
    assert taus == [-1, 1]
    line = (  # 0 and 3 stay, of which 3 is at 0.2 in the end
        'Successive halving after epochs 1 of 2 takes 75 % of the steps and names arch-3, '
        '20.0 points below the best of all.'
    )
    assert line in (config.parent / 'out/ranking.md').read_text().splitlines()
    early = '--cfg-options', 'ranking.early_epochs=[3]'
    done = run(config, '--no-training', '--work-dir', 'out', *early, code=2)
    assert 'arch-0 was evaluated after epochs 1, 2, but not after 3' in done.stderr


def test_failed_trainings_are_left_out_and_told(config: Path) -> None:
    run(config, '--no-training', '--work-dir', 'out', code=2)
    for i, value in enumerate((0.1, None, 0.3, 0.2)):
        train(config.parent / 'out', f'arch-{i}', value)
    done = run(config, '--no-training', '--work-dir', 'out')
    assert '1 architectures are left out' in done.stdout
    assert [row['architecture'] for row in table(config.parent / 'out/architectures.csv')] == [
        *('arch-0', 'arch-2', 'arch-3')
    ]


def test_other_architectures_need_another_folder(config: Path) -> None:
    run(config, '--no-training', code=2)
    done = run(config, '--no-training', '--cfg-options', 'ranking.seed=1', code=2)
    (line,) = done.stderr.splitlines()
    assert 'holds other architectures than this config draws' in line


@pytest.mark.parametrize(
    ('option', 'complaint'),
    [
        ('ranking.num_archs=3', 'unknown key `ranking.num_archs`'),
        ('ranking.least_use.macs=2.0', 'ranking.least_use.macs should be between 0 and 1'),
        ('image_size=1', 'image_size should be'),
        ('detector.base=[]', 'detector.base should be'),
    ],
)
def test_wrong_configs_in_one_line(config: Path, option: str, complaint: str) -> None:
    done = run(config, '--cfg-options', option, code=2)
    (line,) = done.stderr.splitlines()
    assert complaint in line


def test_missing_data_are_told_before_anything_is_trained(config: Path) -> None:
    option = 'detector.options.train_dataloader.dataset.data_root=/nowhere'
    done = run(config, '--cfg-options', option, code=2)
    assert '/nowhere' in done.stderr
    assert not (config.parent / 'work_dirs').exists()
