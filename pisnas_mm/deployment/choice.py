"""Which of all points' boxes are detections: by score, then by overlap, as MMDetection's heads do.

Models with non-maximum suppression inside choose by themselves.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.deployment.card import Card, Shape

Floats = NDArray[np.float32]
Chosen = tuple[Floats, Floats, NDArray[np.int64]]
"""Boxes (K, 4), scores (K,) and labels (K,), best first."""


def choose(boxes: Floats, scores: Floats, shape: Shape, card: Card, score_thr: float) -> Chosen:
    """Detections of an image.

    Args:
        boxes: Of all P points, (P, 4), as x1, y1, x2, y2.
        scores: (P, C) of the classes.
        shape: Height and width that the points cover.
        card: The model's; its ``iou_thr``, ``nms_pre`` and ``max_per_img`` count.
        score_thr: Detections have a higher score.
    """
    points, labels = _best_of_levels(scores, shape, card, score_thr)
    found, values = boxes[points], scores[points, labels]
    solid = (found[:, 2] > found[:, 0]) & (found[:, 3] > found[:, 1])
    found, values, labels = found[solid], values[solid], labels[solid]
    order = np.argsort(-values, kind='stable')
    kept = order[_suppressed(found[order], labels[order], card.iou_thr, card.max_per_img)]
    return found[kept], values[kept], labels[kept]


def _best_of_levels(
    scores: Floats, shape: Shape, card: Card, score_thr: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points and classes of the candidates, at most ``nms_pre`` a level."""
    points, labels, start = [], [], 0
    for stride in card.strides:
        cells = ceil(shape[0] / stride) * ceil(shape[1] / stride)
        level = scores[start : start + cells * card.points_per_cell]
        at, of = np.nonzero(level > score_thr)
        if 0 < card.nms_pre < len(at):
            best = np.argpartition(-level[at, of], card.nms_pre)[: card.nms_pre]
            at, of = at[best], of[best]
        points.append(at + start)
        labels.append(of)
        start += len(level)
    return np.concatenate(points), np.concatenate(labels)


def _suppressed(
    boxes: Floats, labels: NDArray[np.int64], iou_thr: float, most: int
) -> NDArray[np.int64]:
    """Indices of what stays of boxes, best first, that overlap others of their class."""
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    left = np.arange(len(boxes))
    kept: list[int] = []
    while len(left) and len(kept) < most:
        first, left = left[0], left[1:]
        kept.append(first)
        low = np.maximum(boxes[first, :2], boxes[left, :2])
        high = np.minimum(boxes[first, 2:], boxes[left, 2:])
        common = (high - low).clip(0).prod(axis=1)
        overlap = common / (areas[first] + areas[left] - common)
        left = left[(overlap <= iou_thr) | (labels[left] != labels[first])]
    return np.array(kept, np.int64)
