from pathlib import Path

import numpy as np
import pytest

from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.statistics import (
    by_coco_area,
    images_a_class,
    levels,
    needs,
    resized_boxes,
)


def annotations(
    boxes: list[list[float]],
    images: list[int],
    labels: list[int],
    areas: list[float] | None = None,
) -> Annotations:
    """Two images, 640 x 480 and 100 x 400, and three categories."""
    sides = np.array(boxes, dtype=float).reshape(-1, 2)
    return Annotations(
        Path('a.json'),
        'coco',
        ('cat', 'dog', 'bird'),
        (1, 2),
        ('1.jpg', '2.jpg'),
        np.array([[640.0, 480.0], [100.0, 400.0]]),
        np.hstack([np.zeros_like(sides), sides]),
        np.array(areas or [np.nan] * len(sides)),
        np.array(images, dtype=np.int64),
        np.array(labels, dtype=np.int64),
        np.zeros(len(sides), dtype=bool),
        {},
    )


def test_sizes_are_coco_s() -> None:
    boxes = [[31.9, 32], [32, 32], [95.9, 96], [96, 96], [500, 400]]
    found = annotations(boxes, [0] * 5, [0] * 5)
    assert by_coco_area(found) == dict(small=1, medium=2, large=2)
    given = annotations(boxes, [0] * 5, [0] * 5, areas=[10.0] * 4 + [1e4])  # of the shapes
    assert by_coco_area(given) == dict(small=4, medium=0, large=1)
    assert by_coco_area(annotations([], [], [])) == dict(small=0, medium=0, large=0)


def test_images_and_boxes_of_a_class() -> None:
    found = annotations([[9, 9]] * 5, [0, 0, 1, 1, 1], [0, 0, 0, 2, -1])
    assert images_a_class(found) == {'cat': (2, 3), 'dog': (0, 0), 'bird': (1, 1)}


def test_boxes_are_resized_as_mmdetection_does_it() -> None:
    from mmcv import imresize, rescale_size

    found = annotations([[64, 48], [10, 40], [10, 10]], [0, 1, -1], [0, 0, 0])
    for scale in [(1333, 800), (640, 640), (96, 64)]:
        resized = resized_boxes(found, scale)
        for i, (width, height) in enumerate(found.sizes.astype(int)):
            new = rescale_size((width, height), scale)
            factor = new[0] / width, new[1] / height
            assert resized[i] == pytest.approx(found.boxes[i, 2:] * factor, rel=0.02)
        assert np.isnan(resized[2]).all()
    assert imresize(np.zeros((480, 640, 3)), (20, 15)).shape == (15, 20, 3)


def test_a_box_is_of_the_level_whose_anchor_is_nearest() -> None:
    sides = np.array([[8, 8], [64, 64], [90, 90], [91, 91], [128, 32], [4000, 4000]], dtype=float)
    assert levels(sides, [8, 16, 32]).tolist() == [0, 0, 0, 1, 0, 2]  # 64 * sqrt(2) = 90.5
    assert levels(sides, [8, 16, 32], anchor=4).tolist() == [0, 1, 1, 2, 1, 2]


def test_the_radius_that_a_level_needs() -> None:
    widths = np.arange(1.0, 101.0)
    sides = np.stack([widths, np.full(100, 1.0)], axis=1)  # all on the finest level
    assert needs(sides, [8, 16]) == {8: pytest.approx(np.quantile(widths, 0.9) / 2)}
    assert needs(sides, [8], quantile=1.0) == {8: 50}
    both = np.array([[64, 64], [60, 20], [500, 200], [np.nan, 3], [0, 5]])
    assert needs(both, [8, 32], quantile=1.0) == {8: 32, 32: 250}
    assert needs(np.empty((0, 2)), [8, 16]) == {}
