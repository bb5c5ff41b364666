"""Comparisons that are trained: plain and searched backbones, every one with some seeds.

Pure: what was measured and trained is passed in. The paper has no such data: this puts its claim,
"better at equal cost", to the test where one CPU core is enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import NamedTuple

from pisnas_mm.reproduction.work_dirs import COCO_AP, COCO_AP50, Trained
from pisnas_mm.utils.student import Interval, difference_interval

METRICS = {'mAP': COCO_AP, 'mAP50': COCO_AP50}


class Model(NamedTuple):
    """A detector's config, below `configs` and without `.py`, and the name of its backbone."""

    backbone: str
    config: str


@dataclass(frozen=True)
class Comparison:
    """What is compared: in each detector the plain backbone, and what was searched at its cost.

    ``amp`` says whether trainings are in mixed precision; the side of images is in pixels.
    """

    name: str
    title: str
    image_size: int
    amp: bool
    groups: Mapping[str, tuple[Model, ...]]

    @property
    def configs(self) -> tuple[str, ...]:
        """Of all models."""
        return tuple(model.config for group in self.groups.values() for model in group)


DIGITS = Comparison(
    'digits',
    'The embedded digits',
    128,
    False,
    {
        'GFL': (
            Model('ResNet-50, quarter width', 'gfl/gfl_r50-w16_fpn_5e_digits'),
            Model('PIS-NAS, 94 layers', 'gfl/gfl_pis-r50-w16_fpn_5e_digits'),
            Model('PIS-NAS, 49 layers', 'gfl/gfl_pis-r50-w16-l49_fpn_5e_digits'),
        ),
        'YOLOv8': (
            Model('YOLOv8-n', 'yolov8/yolov8_n_5e_digits'),
            Model('PIS-NAS', 'yolov8/yolov8_pis-n_5e_digits'),
        ),
    },
)


def _photographs(
    name: str, title: str, image_size: int, amp: bool, *, further: Mapping[str, str] | None = None
) -> Comparison:
    """Backbones on real images; ``further`` names more for YOLOv8, and ends of their configs."""
    searched = {'PIS, released': 'pis-released', 'PIS, bounded': 'pis', 'capacity': 'capacity'}

    def group(detector: str, plain: Model, ends: Mapping[str, str]) -> tuple[Model, ...]:
        return plain, *(Model(of, f'{name}/{detector}_{end}') for of, end in ends.items())

    yolov8 = Model('YOLOv8-n', f'{name}/yolov8_n')
    resnet = Model('ResNet-50, quarter width', f'{name}/gfl_r50-w16')
    groups = {
        'YOLOv8': group('yolov8', yolov8, {**searched, **(further or {})}),
        'GFL': group('gfl', resnet, searched),
    }
    return Comparison(name, title, image_size, amp, groups)


COMPARISONS = {
    of.name: of
    for of in (
        DIGITS,
        _photographs(
            'bloodcells', 'Blood cells', 224, amp=True, further={'PIS, 25 layers': 'pis-l25'}
        ),
        _photographs('bloodcells_320', 'Blood cells, for longer', 320, amp=False),
        _photographs('aquarium', 'An aquarium', 320, amp=False),
    )
}
SEARCHES = ('pis_r50_w16_digits', 'pis_r50_w16_l49_digits', 'pis_yolov8_n_digits')


class Cost(NamedTuple):
    """Params of the whole detector; MACs of its backbone and of the whole, at the images' size."""

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
    """Searched minus plain, in points: of the means, with its standard error and interval.

    The interval is Student's t at 95 %, of unequal variances. ``overlap`` says whether the seeds'
    ranges do, so that the order depends on the seed.
    """

    detector: str
    backbone: str
    metric: str
    points: Interval
    error: float
    overlap: bool


def rows(
    comparison: Comparison,
    costs: Mapping[str, Cost],
    results: Mapping[str, Mapping[int, Trained]],
) -> Rows:
    """Plain and searched, by detector.

    Args:
        comparison: What is compared.
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
        for detector, models in comparison.groups.items()
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
    points = difference_interval(searched.values[metric], plain.values[metric])
    if points is None:
        return None
    a, b = plain.values[metric], searched.values[metric]
    error = sqrt(stdev(a) ** 2 / len(a) + stdev(b) ** 2 / len(b))
    overlap = min(a) <= max(b) and min(b) <= max(a)
    return Difference(plain.detector, searched.model.backbone, metric, points, error, overlap)
