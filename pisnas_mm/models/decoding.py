"""From what a dense head gives to boxes and scores of all points, in tensors only, for export.

It is what the heads' own ``predict_by_feat`` computes before it chooses: a function a family.
YOLO's heads have it as a method, which YOLOv5's and YOLOv7's predict with, too.
N images, P points (or anchors) of all levels, finest first, C classes. Export takes ``len`` of a
tensor for a constant, but not its ``shape[0]``.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from mmdet.models.dense_heads import FCOSHead, GFLHead, RetinaHead
from mmdet.structures.bbox import distance2bbox
from torch import Tensor, nn

from pisnas_mm.models.dense_heads import (
    SpineNetHead,
    YOLOv5Head,
    YOLOv6Head,
    YOLOv7Head,
    YOLOv8Head,
)
from pisnas_mm.models.dense_heads.point_head import PointHead

Levels = Sequence[Tensor]
Decoded = tuple[Tensor, Tensor]
"""Boxes (N, P, 4) as x1, y1, x2, y2 in pixels of the input, and scores (N, P, C) in 0 to 1."""


def decode(head: nn.Module, outputs: Sequence[Levels], shape: tuple[int, int]) -> Decoded:
    """Boxes, within the image, and scores of every point.

    Args:
        head: The dense head.
        outputs: What its ``forward`` gave.
        shape: Height and width of the input image in pixels.

    Raises:
        ValueError: There is no decoding for such a head.
    """
    boxes, scores = decoder_of(head)(head, *outputs)
    height, width = shape
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return torch.stack([x, y], dim=-1).flatten(-2), scores


def decoder_of(head: nn.Module) -> Callable[..., Decoded]:
    """The function of a head's family.

    Raises:
        ValueError: There is none.
    """
    decoder = DECODERS.get(type(head))
    if decoder is None:
        raise ValueError(
            f'model.bbox_head: a {type(head).__name__} cannot be exported; those that can are '
            f'{", ".join(cls.__name__ for cls in DECODERS)}'
        )
    if not head.use_sigmoid_cls:
        raise ValueError(
            'model.bbox_head.loss_cls: only classes with use_sigmoid=True can be exported'
        )
    return decoder


class Grid(NamedTuple):
    """Where points stand: strides of the levels in pixels, and points, or anchors, in a cell."""

    strides: tuple[int, ...]
    per_cell: int


def grid_of(head: Any) -> Grid:
    """That of a dense head.

    Raises:
        ValueError: Levels differ in the number of anchors.
    """
    if isinstance(head, YOLOv5Head):
        return Grid(head.strides, head.anchors.shape[1])
    priors = head.prior_generator
    if len(set(priors.num_base_priors)) > 1:
        raise ValueError('model.bbox_head: levels with unequally many anchors cannot be exported')
    strides = (s[0] if isinstance(s, tuple | list) else s for s in priors.strides)
    return Grid(tuple(map(int, strides)), priors.num_base_priors[0])


def _gfl(head: Any, classes: Levels, sides: Levels) -> Decoded:
    centers = head.anchor_center(_priors(head, classes))
    flat = [
        head.integral(level.permute(0, 2, 3, 1)).reshape(level.shape[0], -1, 4) * stride[0]
        for level, stride in zip(sides, head.prior_generator.strides, strict=True)
    ]
    distances = torch.cat(flat, dim=1)  # (N, P, 4)
    return distance2bbox(centers.expand(distances.shape[0], -1, -1), distances), _sigmoid(
        head, classes
    )


def _fcos(head: Any, classes: Levels, sides: Levels, centerness: Levels) -> Decoded:
    """A class whose score alone is below the threshold is 0: centerness counts after that."""
    distances = _by_point(sides, 4)
    points = _priors(head, classes).expand(distances.shape[0], -1, -1)
    scores = _sigmoid(head, classes)
    centered = scores * _by_point(centerness, 1).sigmoid()
    kept = torch.where(scores > head.test_cfg['score_thr'], centered, 0.0)
    return distance2bbox(points, distances), kept


def _retina(head: Any, classes: Levels, deltas: Levels) -> Decoded:
    flat = _by_point(deltas, 4)
    priors = _priors(head, classes).expand(flat.shape[0], -1, -1)
    boxes = head.bbox_coder.decode(priors.reshape(-1, 4), flat.reshape(-1, 4))
    return boxes.reshape(flat.shape), _sigmoid(head, classes)


def _point(head: PointHead, classes: Levels, sides: Levels) -> Decoded:
    boxes, logits = head.decoded(classes, sides)
    return boxes, logits.sigmoid()


DECODERS: dict[type[nn.Module], Callable[..., Decoded]] = {
    GFLHead: _gfl,
    FCOSHead: _fcos,
    RetinaHead: _retina,
    SpineNetHead: _retina,
    YOLOv5Head: YOLOv5Head.decoded,
    YOLOv6Head: _point,
    YOLOv7Head: YOLOv7Head.decoded,
    YOLOv8Head: _point,
}


def _priors(head: Any, levels: Levels) -> Tensor:
    """Points (P, 2) or anchors (P, 4) of all levels."""
    sizes = [level.shape[2:] for level in levels]
    return torch.cat(head.prior_generator.grid_priors(sizes, device=levels[0].device))


def _sigmoid(head: Any, classes: Levels) -> Tensor:
    return _by_point(classes, head.cls_out_channels).sigmoid()


def _by_point(levels: Levels, channels: int) -> Tensor:
    """Levels (N, anchors · channels, H, W) to (N, P, channels)."""
    flat = [level.permute(0, 2, 3, 1).reshape(level.shape[0], -1, channels) for level in levels]
    return torch.cat(flat, dim=1)
