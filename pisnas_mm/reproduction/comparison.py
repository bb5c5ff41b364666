"""The comparison on the embedded digits: plain and searched backbones, every one with some seeds.

Pure: what was measured and trained is passed in. The paper has no such data: this puts its claim,
"better at equal cost", to the test where one CPU core is enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import NamedTuple

from pisnas_mm.reproduction.work_dirs import COCO_AP, COCO_AP50, Trained

IMAGE_SIZE = 128
METRICS = {'mAP': COCO_AP, 'mAP50': COCO_AP50}


class Model(NamedTuple):
    """A detector's config, below `configs` and without `.py`, and the name of its backbone."""

    backbone: str
    config: str


# In each detector the plain backbone, and what was searched within its params and MACs.
GROUPS = {
    'GFL': (
        Model('ResNet-50, quarter width', 'gfl/gfl_r50-w16_fpn_5e_digits'),
        Model('PIS-NAS, 94 layers', 'gfl/gfl_pis-r50-w16_fpn_5e_digits'),
        Model('PIS-NAS, 49 layers', 'gfl/gfl_pis-r50-w16-l49_fpn_5e_digits'),
    ),
    'YOLOv8': (
        Model('YOLOv8-n', 'yolov8/yolov8_n_5e_digits'),
        Model('PIS-NAS', 'yolov8/yolov8_pis-n_5e_digits'),
    ),
}
SEARCHES = ('pis_r50_w16_digits', 'pis_r50_w16_l49_digits', 'pis_yolov8_n_digits')


class Cost(NamedTuple):
    """Params of the whole detector; MACs of its backbone and of the whole, at 128 x 128."""

    params: int
    backbone_macs: int
    macs: int


class Spread(NamedTuple):
    """What the seeds of a model have reached; one seed alone has no (sample) deviation."""

    mean: float
    deviation: float | None
    least: float
    most: float


@dataclass(frozen=True)
class Row:
    """A model: its cost, and by metric the values of all seeds, in percent and in their order."""

    detector: str
    model: Model
    cost: Cost
    seeds: tuple[int, ...]
    values: Mapping[str, tuple[float, ...]]

    def spread(self, metric: str) -> Spread | None:
        """None where nothing was trained."""
        values = self.values[metric]
        if not values:
            return None
        deviation = stdev(values) if len(values) > 1 else None
        return Spread(mean(values), deviation, min(values), max(values))


Rows = Mapping[str, tuple[Row, ...]]
"""By detector: the plain backbone first, then those searched at its size."""


@dataclass(frozen=True)
class Difference:
    """Searched minus plain, in points: of the means, with its standard error.

    ``overlap`` says whether the seeds' ranges do, so that the order depends on the seed.
    """

    detector: str
    backbone: str
    metric: str
    points: float
    error: float
    overlap: bool


def rows(costs: Mapping[str, Cost], results: Mapping[str, Mapping[int, Trained]]) -> Rows:
    """Plain and searched, by detector.

    Args:
        costs: By the config's name.
        results: Finished trainings, by the config's name and the seed.
    """

    def row(detector: str, model: Model) -> Row:
        trained = dict(sorted(results.get(model.config, {}).items()))
        values = {
            metric: tuple(100 * one.metrics[key] for one in trained.values())
            for metric, key in METRICS.items()
        }
        return Row(detector, model, costs[model.config], tuple(trained), values)

    return {
        detector: tuple(row(detector, model) for model in models)
        for detector, models in GROUPS.items()
    }


def differences(groups: Rows) -> list[Difference]:
    """By searched backbone and metric, where both sides have at least two seeds."""
    return [
        found
        for plain, *others in groups.values()
        for searched in others
        for metric in METRICS
        if (found := _difference(plain, searched, metric))
    ]


def _difference(plain: Row, searched: Row, metric: str) -> Difference | None:
    a, b = plain.spread(metric), searched.spread(metric)
    if not (a and a.deviation is not None and b and b.deviation is not None):
        return None
    error = sqrt(a.deviation**2 / len(plain.seeds) + b.deviation**2 / len(searched.seeds))
    overlap = a.least <= b.most and b.least <= a.most
    names = plain.detector, searched.model.backbone, metric
    return Difference(*names, b.mean - a.mean, error, overlap)
