"""How trainings are run, with a stand-in for the training that takes no time."""

import json
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pisnas_mm.detectors import trainings
from pisnas_mm.detectors.trainings import Reached, Training, reached, run

METRIC = 'coco/bbox_mAP'
STAND_IN = """
import json, os, sys, time
from pathlib import Path
config, folder, seed = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
orders = json.loads(config.read_text())
with open(config.parent / 'begun', 'a') as file:
    file.write(f"{config.stem} {seed} {os.environ.get('CUDA_VISIBLE_DEVICES')}\\n")
time.sleep(orders.get('seconds', 0))
log = folder / '20260101_000000' / 'vis_data' / 'scalars.json'
log.parent.mkdir(parents=True)
lines = [{'loss': 1.0, 'lr': 0.1, 'step': 9}, *orders['log']]
log.write_text(''.join(json.dumps(line) + '\\n' for line in lines))
print('the last words')
sys.exit(orders.get('code', 0))
"""


@pytest.fixture(autouse=True)
def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'train.py').write_text(STAND_IN)
    monkeypatch.setattr(trainings, 'TRAIN', [sys.executable, str(tmp_path / 'train.py')])


def training(
    folder: Path, name: str, *log: dict[str, Any], seed: int = 0, **orders: Any
) -> Training:
    config = folder / f'{name}.json'
    config.write_text(json.dumps({'log': log, **orders}))
    return Training(config, seed, folder / name / f'seed-{seed}')


def test_the_last_evaluation_counts_and_is_remembered(tmp_path: Path) -> None:
    log = {METRIC: 0.3, 'step': 1}, {METRIC: 0.4, 'step': 2}, {'loss': 1.0, 'lr': 0.1, 'step': 3}
    one = training(tmp_path, 'a', *log, seed=7)
    assert reached(one, METRIC) is None
    assert list(run([one], METRIC)) == [(one, Reached(0.4))]
    assert reached(one, METRIC) == Reached(0.4)
    assert 'a 7 ' in (tmp_path / 'begun').read_text()


def test_nothing_detected_is_zero(tmp_path: Path) -> None:
    """COCO's evaluator then gives no metric at all."""
    one = training(tmp_path, 'a')
    assert list(run([one], METRIC)) == [(one, Reached(0.0))]


def test_a_failure_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    bad, good = training(tmp_path, 'a', code=3), training(tmp_path, 'b', {METRIC: 0.5, 'step': 1})
    found = dict(run([bad, good], METRIC))
    assert found == {bad: Reached(None, 'exit code 3: the last words'), good: Reached(0.5)}
    assert reached(bad, METRIC) == found[bad]


def test_as_many_at_a_time_as_there_are_gpus(tmp_path: Path) -> None:
    todo = [training(tmp_path, name, {METRIC: 0.5, 'step': 1}, seconds=0.2) for name in 'abcdef']
    found = [one for one, _ in run(todo, METRIC, ['0', '1'])]
    assert sorted(found) == sorted(todo)
    gpus = [line.split()[2] for line in (tmp_path / 'begun').read_text().splitlines()]
    assert set(gpus) == {'0', '1'}


def test_a_training_is_alone_in_whatever_group_has_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MMEngine looks up the device of LOCAL_RANK, and a training sees one."""
    monkeypatch.setenv('LOCAL_RANK', '3')
    code = 'import os; print(os.environ.get("LOCAL_RANK"), os.environ["CUDA_VISIBLE_DEVICES"])'
    monkeypatch.setattr(trainings, 'TRAIN', [sys.executable, '-c', code])
    one = training(tmp_path, 'a')
    list(run([one], METRIC, ['5']))
    assert (one.folder / 'output.log').read_text() == 'None 5\n'


def test_whoever_has_lost_its_claim_leaves_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that has slept: another one trains meanwhile, and says what it comes to."""
    monkeypatch.setattr(trainings, 'RENEWED', 0.2)
    monkeypatch.setattr(trainings, 'LOOK', 0.1)
    one = training(tmp_path, 'a', {METRIC: 0.5, 'step': 1}, seconds=60)
    path = one.folder / 'claim.json'

    def other() -> None:
        while not (tmp_path / 'begun').exists():
            time.sleep(0.01)
        path.write_text(json.dumps(json.loads(path.read_text()) | {'host': 'elsewhere'}))
        time.sleep(1)
        result = {'metric': METRIC, 'value': 0.7, 'failure': None}
        (one.folder / 'result.json').write_text(json.dumps(result))

    thread = Thread(target=other)
    thread.start()
    assert list(run([one], METRIC)) == [(one, Reached(0.7))]
    thread.join()
    assert len((tmp_path / 'begun').read_text().splitlines()) == 1
    assert 'elsewhere' in path.read_text()


def test_an_error_of_one_that_trains_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainings, 'TRAIN', [str(tmp_path / 'no such program')])
    with pytest.raises(FileNotFoundError, match='no such program'):
        list(run([training(tmp_path, 'a')], METRIC))


def test_stopping_ends_what_runs_and_begins_nothing(tmp_path: Path) -> None:
    todo = [training(tmp_path, 'a', {METRIC: 0.5, 'step': 1})]
    todo += [training(tmp_path, name, {METRIC: 0.5, 'step': 1}, seconds=60) for name in 'bcd']
    running = run(todo, METRIC, [None, None])
    assert next(running)[0] == todo[0]
    start = time.monotonic()
    running.close()
    assert time.monotonic() - start < 10
    assert [reached(one, METRIC) for one in todo] == [Reached(0.5), None, None, None]
    assert len((tmp_path / 'begun').read_text().splitlines()) <= 3


@pytest.mark.parametrize(
    ('text', 'complaint'),
    [
        ('{"metric": "coco/bbox_mAP", "val', 'damaged'),
        ('[]', 'damaged'),
        ('{"metric": "pascal_voc/mAP", "value": 0.1, "failure": null}', 'is of the metric'),
    ],
)
def test_damaged_results(tmp_path: Path, text: str, complaint: str) -> None:
    one = training(tmp_path, 'a')
    one.folder.mkdir(parents=True)
    (one.folder / 'result.json').write_text(text)
    with pytest.raises(ValueError, match=complaint):
        reached(one, METRIC)


def test_the_interpreter_is_this_one(tmp_path: Path) -> None:
    one = training(tmp_path, 'a', {METRIC: 0.5, 'step': 1})
    list(run([one], METRIC))
    assert Path(sys.executable).exists()
    assert (one.folder / 'output.log').read_text() == 'the last words\n'
