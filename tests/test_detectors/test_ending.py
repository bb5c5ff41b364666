from itertools import count
from pathlib import Path

import pytest

from pisnas_mm.detectors.training import train_detector
from pisnas_mm.detectors.trainings import curve

NAMES = (f'ending_{i}' for i in count())  # MMEngine shares its log between runs of one name


@pytest.mark.parametrize('pauses', [(None,), (2, 2, None)], ids=['at once', 'with a pause'])
def test_one_that_was_killed_before_its_last_evaluation_is_evaluated(
    tiny_config: Path, tmp_path: Path, pauses: tuple[int | None, ...]
) -> None:
    def train(until: int | None) -> None:
        options = {'train_cfg.max_epochs': 3, 'experiment_name': next(NAMES)}
        train_detector(
            tiny_config, work_dir=tmp_path, options=options, resume=True, pause_after=until
        )

    for until in pauses:  # the second pause finds nothing left to train
        train(until)
    assert list(curve(tmp_path, 'coco/bbox_mAP')) == [1, 2, 3]
    for log in tmp_path.glob('*/vis_data/scalars.json'):
        log.unlink()  # as if the kill had come after the last checkpoint
    train(None)
    assert list(curve(tmp_path, 'coco/bbox_mAP')) == [3]
