"""What a user's own trainings have reached, from the work directories that MMEngine writes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

# Keys of MMEngine's scalars, all from 0 to 1.
COCO_AP = 'coco/bbox_mAP'
COCO_AP50 = 'coco/bbox_mAP_50'
VOC_AP50 = 'pascal_voc/mAP'
_METRICS = (COCO_AP, COCO_AP50, VOC_AP50)


class Trained(NamedTuple):
    """An evaluation while training: metrics from 0 to 1 by their keys, and after which epoch."""

    metrics: dict[str, float]
    epoch: int


def newest(work_dirs: Path, name: str) -> Trained | None:
    """The last evaluation of the newest run of a config that has been evaluated.

    A run that only tested has no epoch and is passed over.

    Args:
        work_dirs: Where ``tools/train.py`` has put its work directories.
        name: Stem of the config.

    Returns:
        None where there is no such run.

    Raises:
        ValueError: A log is damaged; the message names the line.
    """
    runs = (work_dirs / name).glob('*/vis_data/scalars.json')
    for run in sorted(runs, key=lambda path: path.parts[-3], reverse=True):  # names are times
        evaluations = list(_evaluations(run))
        if evaluations:
            return evaluations[-1]
    return None


def _evaluations(log: Path) -> Iterator[Trained]:
    lines = log.read_text(encoding='utf-8').splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            scalars: dict[str, Any] = json.loads(line)
        except ValueError as error:
            if number == len(lines):  # a run that was killed while writing
                return
            raise ValueError(f'{log}:{number} is no JSON: {error}') from error
        metrics = {key: scalars[key] for key in _METRICS if key in scalars}
        if metrics and 'step' in scalars:
            yield Trained(metrics, scalars['step'])
