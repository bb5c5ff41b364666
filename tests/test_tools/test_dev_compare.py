"""The comparison as a program: what it counts, trains and leaves out."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pisnas_mm.detectors import trainings
from pisnas_mm.detectors.trainings import Reached, Training
from pisnas_mm.reproduction import comparison_runs
from pisnas_mm.reproduction.comparison import COMPARISONS, DIGITS
from tools.dev import compare

TOOL = Path(__file__).parents[2] / 'tools/dev/compare.py'
CONFIGS = list(DIGITS.configs)


def run(*args: object, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOL), 'digits', *map(str, args)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def train(folder: Path, config: str, ap: float, epoch: int = 5) -> None:
    """As much of a training as is read."""
    log = folder / Path(config).name / '20260101_000000' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True, exist_ok=True)
    scalars = {'coco/bbox_mAP': ap, 'coco/bbox_mAP_50': ap + 0.1, 'step': epoch}
    log.write_text(json.dumps(scalars) + '\n')


def test_only_finished_trainings_of_the_seeds_count(tmp_path: Path) -> None:
    runs = tmp_path / 'work_dirs/digits'
    for seed, ap in ((0, 0.6), (3, 0.64), (4, 0.9)):
        train(runs / f'seed-{seed}', CONFIGS[0], ap)
    train(runs / 'seed-0', CONFIGS[1], 0.5, epoch=4)
    args = ('--no-training', '--seeds', 0, 3, '--out', 'out')
    done = run(*args, cwd=tmp_path)
    files = {f'digits.{end}' for end in ('md', 'csv', 'png')}
    assert {path.name for path in (tmp_path / 'out').iterdir()} == files
    with open(tmp_path / 'out/digits.csv', newline='') as file:
        found = {row['config']: row for row in csv.DictReader(file)}
    assert list(found) == CONFIGS
    assert (found[CONFIGS[0]]['mAP (%)'], found[CONFIGS[0]]['mAP by seed']) == ('62.0', '60.0 64.0')
    assert {found[config]['mAP (%)'] for config in CONFIGS[1:]} == {''}
    for plain, *others in DIGITS.groups.values():
        for searched in others:
            for column in ('backbone MACs (M)', 'MACs (M)'):
                ratio = float(found[searched.config][column]) / float(found[plain.config][column])
                assert ratio == pytest.approx(1, abs=0.03)
    assert '60.0 64.0' in done.stdout


def test_what_is_not_finished_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, trained = tmp_path / 'runs', []
    train(runs / 'seed-0', CONFIGS[0], 0.6)
    train(runs / 'seed-1', CONFIGS[0], 0.6, epoch=3)

    def as_if(self: object, one: Training, *rest: object) -> Reached:
        assert (one.resume, one.amp) == (False, False)
        trained.append((one.seed, f'{one.config.parent.name}/{one.config.stem}'))
        train(one.folder.parent, one.config.stem, 0.5 + one.seed / 100)
        return Reached(0.5)

    monkeypatch.setattr(trainings._Shared, '_train', as_if)
    monkeypatch.setattr(comparison_runs, 'check_data', lambda *parts: None)
    args = ['digits', '--seeds', '0', '1', '--work-dirs', str(runs), '--out', str(tmp_path / 'out')]
    compare.main(args)
    assert trained == [(seed, c) for seed in (0, 1) for c in CONFIGS][1:]
    compare.main(args)
    assert len(trained) == 2 * len(CONFIGS) - 1
    assert '| 60.0 51.0 |' in (tmp_path / 'out/digits.md').read_text()


def test_its_names_are_those_of_all_comparisons() -> None:
    assert tuple(COMPARISONS) == compare.NAMES


def test_missing_data_end_it_in_one_line(tmp_path: Path) -> None:
    done = run('--seeds', 0, '--out', 'out', cwd=tmp_path, code=2)
    assert 'make it: python tools/make_digits.py' in done.stderr.splitlines()[-1]
    assert list((tmp_path / 'out').iterdir()) == []


def test_help_needs_no_torch(tmp_path: Path) -> None:
    command = [sys.executable, '-I', '-S', '-X', 'importtime', TOOL, '--help']
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '--no-training' in done.stdout
    assert not {'torch', 'mmengine', 'numpy'} & set(done.stderr.split())
