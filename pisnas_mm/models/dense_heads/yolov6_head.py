"""YOLOv6's head (Li et al., 2022): decoupled behind one 1×1, without anchors and distributions."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import torch
from mmcv.cnn import ConvModule
from mmdet.registry import MODELS, TASK_UTILS
from mmdet.structures.bbox import bbox_overlaps
from mmengine.dist import get_world_size
from mmengine.logging import MessageHub
from mmengine.structures import InstanceData
from torch import Tensor, nn

from pisnas_mm.models.dense_heads.point_head import Levels, PointHead, by_point
from pisnas_mm.models.graph_block import Config

_CELL = 5  # side of a point's box in strides, for the first epochs' assigner
_PRIOR = 0.01  # what every class scores at the start


@MODELS.register_module()
class YOLOv6Head(PointHead):
    """A 1×1, then a 3×3 and a 1×1 for the box, and for the class, at each level.

    In the first epochs, while predictions say little, objects go to the points that ATSS gives
    them (Zhang et al., CVPR 2020), with the IoU as the score to learn.

    Args:
        num_classes: Number of classes.
        in_channels: Channels of the levels, finest first.
        strides: Of the levels, in pixels.
        act_cfg: Activation layer.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer.
        loss_cls: Loss of the classes' logits against scores.
        loss_bbox: Loss of boxes.
        train_cfg: ``assigner``, and ``initial_epochs`` with an ``initial_assigner``.
        test_cfg: ``score_thr``, ``nms_pre``, ``nms`` and ``max_per_img``, as in other heads.
        init_cfg: Initialisation. Last layers start at zero, with biases of their own.

    Raises:
        ValueError: ``in_channels`` and ``strides`` are not equally many.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: Sequence[int],
        strides: Sequence[int] = (8, 16, 32),
        act_cfg: Config | None = None,
        conv_cfg: Config | None = None,
        norm_cfg: Config | None = None,
        loss_cls: Config | None = None,
        loss_bbox: Config | None = None,
        train_cfg: Mapping[str, Any] | None = None,
        test_cfg: Mapping[str, Any] | None = None,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(
            num_classes,
            in_channels,
            strides,
            loss_cls or dict(type='VarifocalLoss', reduction='sum'),
            loss_bbox or dict(type='GIoULoss', loss_weight=2.5),
            train_cfg,
            test_cfg,
            init_cfg,
        )
        settings = train_cfg or {}
        self.initial_epochs = settings.get('initial_epochs', 0)
        if self.initial_epochs:
            self.initial_assigner = TASK_UTILS.build(settings['initial_assigner'])
        layers = dict(
            conv_cfg=conv_cfg,
            norm_cfg=norm_cfg or dict(type='BN', requires_grad=True),
            act_cfg=act_cfg or dict(type='SiLU'),
        )
        self.stems = nn.ModuleList(ConvModule(x, x, 1, **layers) for x in in_channels)
        self.box_branches, self.class_branches = (
            nn.ModuleList(
                nn.Sequential(ConvModule(x, x, 3, padding=1, **layers), nn.Conv2d(x, outputs, 1))
                for x in in_channels
            )
            for outputs in (4, num_classes)
        )

    def init_weights(self) -> None:
        """Initialise as ``init_cfg`` says; then last layers: equal boxes, and low scores."""
        again = self.is_init
        super().init_weights()
        if again:
            return
        for branches, bias in [
            (self.box_branches, 1.0),
            (self.class_branches, log(_PRIOR / (1 - _PRIOR))),
        ]:
            for branch in branches:
                nn.init.zeros_(branch.get_parameter('1.weight'))
                nn.init.constant_(branch.get_parameter('1.bias'), bias)

    def forward(self, x: Levels) -> tuple[list[Tensor], list[Tensor]]:
        """Features to logits (N, num_classes, H, W) and distances (N, 4, H, W) in strides."""
        stems = [stem(y) for stem, y in zip(self.stems, x, strict=True)]
        return (
            [branch(y) for branch, y in zip(self.class_branches, stems, strict=True)],
            [branch(y) for branch, y in zip(self.box_branches, stems, strict=True)],
        )

    def distances(self, sides: Tensor, strides: Tensor | int) -> Tensor:
        return sides * strides

    def loss_by_feat(
        self,
        cls_scores: Levels,
        bbox_preds: Levels,
        batch_gt_instances: list[InstanceData],
        batch_img_metas: list[dict[str, Any]],
        batch_gt_instances_ignore: list[InstanceData] | None = None,
    ) -> dict[str, Tensor]:
        """The two losses of what ``forward`` gave, divided by the sum of scores to learn.

        Args:
            cls_scores: Logits of the classes.
            bbox_preds: Distances.
            batch_gt_instances: ``bboxes`` and ``labels`` of every image.
            batch_img_metas: Not used.
            batch_gt_instances_ignore: Not used, as in YOLOv6.
        """
        step = self.learning(cls_scores, by_point(bbox_preds), batch_gt_instances)
        targets, strides = step.targets, step.points[step.targets.points, 2:3]
        loss_cls = self.loss_cls(step.logits.flatten(0, 1), step.scores.flatten(0, 1))
        loss_bbox = self.loss_bbox(
            step.boxes[targets.images, targets.points] / strides,
            targets.boxes / strides,
            weight=targets.scores,
            avg_factor=step.total,
        )
        if not len(targets.scores):  # else distributed training waited for the boxes' gradients
            loss_bbox = 0 * step.boxes.sum()
        processes = get_world_size()
        return dict(loss_cls=processes * loss_cls / step.total, loss_bbox=processes * loss_bbox)

    def assigned(
        self, points: Tensor, scores: Tensor, boxes: Tensor, gt: InstanceData
    ) -> tuple[Tensor, Tensor]:
        if MessageHub.get_current_instance().get_info('epoch', 0) >= self.initial_epochs:
            return super().assigned(points, scores, boxes, gt)
        halves = _CELL / 2 * points[:, 2:]
        priors = InstanceData(priors=torch.cat([points[:, :2] - halves, points[:, :2] + halves], 1))
        per_level = torch.unique_consecutive(points[:, 2], return_counts=True)[1].tolist()
        owners = self.initial_assigner.assign(priors, per_level, gt).gt_inds
        if not len(gt.bboxes):
            return owners, boxes.new_zeros(len(boxes))
        own = gt.bboxes[(owners - 1).clamp(min=0)].float()
        return owners, bbox_overlaps(boxes, own, is_aligned=True)
