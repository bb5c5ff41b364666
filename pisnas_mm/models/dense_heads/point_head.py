"""What YOLO's heads without anchors share: a point for every cell, and distances to four sides."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from mmdet.models.dense_heads.base_dense_head import BaseDenseHead
from mmdet.registry import MODELS, TASK_UTILS
from mmdet.structures.bbox import distance2bbox
from mmdet.utils import reduce_mean
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models.graph_block import Config

Levels = Sequence[Tensor]
"""A value of every level of the pyramid, finest first: each (N, channels, H, W)."""


class Targets(NamedTuple):
    """What K points learn: their images and places (K,), classes, boxes (K, 4) and scores (K,)."""

    images: Tensor
    points: Tensor
    labels: Tensor
    boxes: Tensor
    scores: Tensor


class Learning(NamedTuple):
    """What a step has predicted at the P points of all levels, and what they learn."""

    points: Tensor  # (P, 4), in pixels: x, y, and the stride along both
    logits: Tensor  # (N, P, classes)
    scores: Tensor  # to learn, likewise
    boxes: Tensor  # (N, P, 4), corners in pixels
    targets: Targets
    total: Tensor  # the sum of scores to learn, as a mean over processes, and at least 1


class PointHead(BaseDenseHead):
    """Logits of classes, and something that gives distances, at the middle of every cell.

    Args:
        num_classes: Number of classes.
        in_channels: Channels of the levels, finest first.
        strides: Of the levels, in pixels.
        loss_cls: Loss of the classes' logits against scores.
        loss_bbox: Loss of boxes.
        train_cfg: ``assigner``.
        test_cfg: ``score_thr``, ``nms_pre``, ``nms`` and ``max_per_img``, as in other heads.
        init_cfg: Initialisation. Last layers get biases of their own.

    Raises:
        ValueError: ``in_channels`` and ``strides`` are not equally many.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: Sequence[int],
        strides: Sequence[int],
        loss_cls: Config,
        loss_bbox: Config,
        train_cfg: Mapping[str, Any] | None,
        test_cfg: Mapping[str, Any] | None,
        init_cfg: Config | list[Config] | None,
    ) -> None:
        super().__init__(init_cfg)
        if len(in_channels) != len(strides):
            raise ValueError(
                f'in_channels should be {len(strides)} numbers, as strides are, '
                f'but got {in_channels}'
            )
        self.num_classes = self.cls_out_channels = num_classes
        self.use_sigmoid_cls = True
        self.strides = tuple(strides)
        self.prior_generator = TASK_UTILS.build(
            dict(type='MlvlPointGenerator', strides=strides, offset=0.5)
        )
        self.bbox_coder = TASK_UTILS.build(dict(type='DistancePointBBoxCoder'))
        self.loss_cls = MODELS.build(loss_cls)
        self.loss_bbox = MODELS.build(loss_bbox)
        self.train_cfg = train_cfg
        self.test_cfg = test_cfg
        if train_cfg:
            self.assigner = TASK_UTILS.build(train_cfg['assigner'])

    @abstractmethod
    def distances(self, sides: Tensor, strides: Tensor | int) -> Tensor:
        """Predicted sides (..., C) to pixels (..., 4): left, top, right, bottom."""

    def predict_by_feat(
        self, cls_scores: Levels, bbox_preds: Levels, *args: Any, **kwargs: Any
    ) -> list[InstanceData]:
        """Detections from what ``forward`` gave; further arguments as in other heads."""
        distances = [
            self.distances(sides.permute(0, 2, 3, 1), stride).permute(0, 3, 1, 2)
            for sides, stride in zip(bbox_preds, self.strides, strict=True)
        ]
        return super().predict_by_feat(cls_scores, distances, *args, **kwargs)

    def decoded(self, cls_scores: Levels, bbox_preds: Levels) -> tuple[Tensor, Tensor]:
        """Boxes (N, P, 4) in pixels and logits (N, P, classes) of all points, for export, too."""
        return self._boxes(self._points(cls_scores), by_point(bbox_preds)), by_point(cls_scores)

    def learning(self, cls_scores: Levels, sides: Tensor, objects: list[InstanceData]) -> Learning:
        """Match what was predicted with objects.

        Args:
            cls_scores: Logits of the classes, as ``forward`` gave them.
            sides: Of all levels (N, P, C), see ``by_point``.
            objects: ``bboxes`` and ``labels`` of every image.
        """
        points, logits = self._points(cls_scores), by_point(cls_scores)
        boxes = self._boxes(points, sides)
        targets = self._targets(points, logits, boxes, objects)
        learnt = torch.zeros_like(logits)
        learnt[targets.images, targets.points, targets.labels] = targets.scores
        total = reduce_mean(targets.scores.sum()).clamp(min=1)
        return Learning(points, logits, learnt, boxes, targets, total)

    def _points(self, levels: Levels) -> Tensor:
        """Points of all levels (P, 4), in pixels: x, y, and the stride along both."""
        sizes = [level.shape[2:] for level in levels]
        device = levels[0].device
        return torch.cat(self.prior_generator.grid_priors(sizes, device=device, with_stride=True))

    def _boxes(self, points: Tensor, sides: Tensor) -> Tensor:
        """Boxes (N, P, 4) around points (P, 4), by what was predicted of sides (N, P, C)."""
        distances = self.distances(sides, points[:, 2:3])
        return distance2bbox(points[:, :2].expand(sides.shape[0], -1, -1), distances)

    def _targets(
        self, points: Tensor, logits: Tensor, boxes: Tensor, objects: list[InstanceData]
    ) -> Targets:
        parts = []
        for i, (image_logits, image_boxes, gt) in enumerate(
            zip(logits.detach(), boxes.detach(), objects, strict=True)
        ):
            owners, scores = self.assigned(points, image_logits.sigmoid(), image_boxes, gt)
            at = owners.nonzero().squeeze(1)
            own = owners[at] - 1
            parts.append(
                Targets(
                    torch.full_like(at, i), at, gt.labels[own], gt.bboxes[own].float(), scores[at]
                )
            )
        return Targets(*map(torch.cat, zip(*parts, strict=True)))

    def assigned(
        self, points: Tensor, scores: Tensor, boxes: Tensor, gt: InstanceData
    ) -> tuple[Tensor, Tensor]:
        """Every point's object in an image, counted from 1, or 0, and score to learn, both (P,)."""
        found = self.assigner.assign(InstanceData(priors=points, bboxes=boxes, scores=scores), gt)
        return found.gt_inds, found.assign_metrics


def by_point(levels: Levels) -> Tensor:
    """Levels (N, channels, H, W) to (N, P, channels), in full precision."""
    return torch.cat([level.flatten(2) for level in levels], dim=2).transpose(1, 2).float()
