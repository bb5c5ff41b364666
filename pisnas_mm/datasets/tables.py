"""What is in the data of a detector config, as tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.sources import Source
from pisnas_mm.datasets.statistics import (
    ANCHOR,
    COCO_AREAS,
    by_coco_area,
    images_a_class,
    levels,
    needs,
    resized_boxes,
)
from pisnas_mm.utils.table import Table

Read = Sequence[tuple[Source, Annotations]]


def file_table(read: Read) -> Table:
    """A row for each data set: its images, boxes, classes, and its boxes by COCO's areas."""
    head = ['data set', 'images', 'without boxes', 'boxes', 'crowds', 'classes', *COCO_AREAS]
    return [
        head,
        *(
            [
                _short(source),
                str(len(found.image_ids)),
                str(len(found.image_ids) - len(np.unique(found.image_of[found.image_of >= 0]))),
                str(len(found.boxes)),
                str(found.crowd.sum()),
                str(len(found.categories)),
                *map(str, by_coco_area(found).values()),
            ]
            for source, found in read
        ),
    ]


def level_table(read: Read, cfg: Mapping[str, Any]) -> Table:
    """A row for each data set and level of the pyramid, at the size that images are tested at."""
    scale, strides, anchor = input_scale(cfg), pyramid_strides(cfg), anchor_side(cfg)
    rows: Table = [['data set', 'stride', 'boxes', 'share', 'radius for 90 %']]
    for source, found in read:
        sides = _usable(resized_boxes(found, scale))
        counts = np.bincount(levels(sides, strides, anchor), minlength=len(strides))
        radii = needs(sides, strides, anchor=anchor)
        rows += [
            [
                _short(source),
                str(stride),
                str(count),
                f'{count / max(1, len(sides)):.1%}',
                f'{radii[stride]:.0f} px' if stride in radii else '-',
            ]
            for stride, count in zip(strides, counts, strict=True)
        ]
    return rows


def class_table(read: Read) -> Table:
    """A row for each class: the images that it is in, and its boxes, in each data set."""
    counted = [images_a_class(found) for _, found in read]
    names = dict.fromkeys(name for counts in counted for name in counts)
    places = [_short(source) for source, _ in read]
    return [
        ['class', *(f'{place}: {what}' for place in places for what in ('images', 'boxes'))],
        *(
            [name, *(str(n) for counts in counted for n in counts.get(name, (0, 0)))]
            for name in names
        ),
    ]


def input_scale(cfg: Mapping[str, Any]) -> tuple[float, float]:
    """What images are resized to when they are tested; MMDetection's usual size if none is said."""
    for part in ('test_dataloader', 'val_dataloader', 'train_dataloader'):
        for step in _steps(cfg.get(part)):
            scale = step.get('scale')
            if isinstance(scale, list | tuple) and len(scale) == 2 and step['type'] == 'Resize':
                return float(scale[0]), float(scale[1])
    return 1333.0, 800.0


def pyramid_strides(cfg: Mapping[str, Any]) -> list[int]:
    """The strides of the head's levels; those of C3, C4 and C5 if it does not say."""
    head = (cfg.get('model') or {}).get('bbox_head') or {}
    strides = (head.get('anchor_generator') or {}).get('strides') or head.get('strides')
    return [s if isinstance(s, int) else s[0] for s in strides or (8, 16, 32)]


def anchor_side(cfg: Mapping[str, Any]) -> float:
    """The side of the head's anchors in strides."""
    head = (cfg.get('model') or {}).get('bbox_head') or {}
    return float((head.get('anchor_generator') or {}).get('octave_base_scale') or ANCHOR)


def _steps(entry: Any) -> Iterator[Mapping[str, Any]]:
    """Every step of every pipeline in an entry."""
    if isinstance(entry, Mapping):
        for key, child in entry.items():
            if key in ('pipeline', 'transforms'):
                yield from (step for step in child if isinstance(step, Mapping))
            yield from _steps(child)
    elif isinstance(entry, list | tuple):
        for child in entry:
            yield from _steps(child)


def _short(source: Source) -> str:
    """The split, and where in it there are several data sets."""
    return source.place.replace('_dataloader.dataset', '')


def _usable(sides: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sides[(sides > 0).all(axis=1)])
