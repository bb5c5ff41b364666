import json
from pathlib import Path
from typing import Any

import pytest

from pisnas_mm.reproduction.work_dirs import COCO_AP, COCO_AP50, VOC_AP50, Trained, newest


def write(work_dirs: Path, run: str, *lines: dict[str, Any], name: str = 'gfl') -> Path:
    log = work_dirs / name / run / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    log.write_text(''.join(json.dumps(line) + '\n' for line in lines))
    return log


def evaluated(epoch: int, ap: float) -> dict[str, Any]:
    return {COCO_AP: ap, COCO_AP50: 2 * ap, 'coco/bbox_mAP_75': ap, 'step': epoch}


def test_the_last_evaluation_of_the_newest_run_counts(tmp_path: Path) -> None:
    loss = {'loss': 1.0, 'epoch': 1, 'step': 50}
    write(tmp_path, '20260102_000000', loss, evaluated(4, 0.2), loss, evaluated(8, 0.3))
    write(tmp_path, '20260101_000000', evaluated(72, 0.4))
    write(tmp_path, '20260103_000000', evaluated(72, 0.5), name='fcos')
    assert newest(tmp_path, 'gfl') == Trained({COCO_AP: 0.3, COCO_AP50: 0.6}, 8)


def test_runs_without_an_evaluation_while_training_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, '20260101_000000', {**evaluated(8, 0.3), VOC_AP50: 0.7})
    write(tmp_path, '20260102_000000', {'loss': 1.0, 'step': 50})
    write(tmp_path, '20260103_000000', {COCO_AP: 0.9})  # of tools/test.py
    write(tmp_path, '20260104_000000')
    assert newest(tmp_path, 'gfl') == Trained({COCO_AP: 0.3, COCO_AP50: 0.6, VOC_AP50: 0.7}, 8)


def test_nothing_trained(tmp_path: Path) -> None:
    assert newest(tmp_path, 'gfl') is None
    assert newest(tmp_path / 'missing', 'gfl') is None


def test_what_a_training_writes_is_read(tiny_run: Path) -> None:
    found = newest(tiny_run.parent, tiny_run.name)
    assert found is not None
    assert found.epoch == 2
    assert 0 <= found.metrics[COCO_AP] <= found.metrics[COCO_AP50] <= 1


def test_a_killed_run_and_a_damaged_log(tmp_path: Path) -> None:
    log = write(tmp_path, '20260101_000000', evaluated(4, 0.2))
    with log.open('a') as file:
        file.write('{"coco/bbox_m')
    assert newest(tmp_path, 'gfl') == Trained({COCO_AP: 0.2, COCO_AP50: 0.4}, 4)
    with log.open('a') as file:
        file.write('\n' + json.dumps(evaluated(8, 0.3)) + '\n')
    with pytest.raises(ValueError, match=r'scalars.json:2 is no JSON'):
        newest(tmp_path, 'gfl')
