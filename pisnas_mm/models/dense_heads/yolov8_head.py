"""YOLOv8's head: decoupled, anchor-free, with distributions for sides (GFL, Li et al., 2020)."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import torch
from mmcv.cnn import ConvModule
from mmdet.registry import MODELS
from mmdet.structures.bbox import bbox2distance
from mmengine.dist import get_world_size
from mmengine.structures import InstanceData
from torch import Tensor, nn

from pisnas_mm.models.dense_heads.point_head import Levels, PointHead, by_point
from pisnas_mm.models.graph_block import Config

_BELOW_LAST = 0.01  # a distance to learn lies so far below the last one of the distribution


@MODELS.register_module()
class YOLOv8Head(PointHead):
    """A branch of two 3×3 convolutions and a 1×1 for the box, and one for the class, at each level.

    A side of a box is the mean of a distribution over 0 to ``reg_max`` − 1 strides. The losses
    are summed over the images of a step, on all processes, and divided by the mean sum of the
    scores to learn: so it is in YOLOv8, whose learning rate is meant for it.

    Args:
        num_classes: Number of classes.
        in_channels: Channels of the levels, finest first.
        strides: Of the levels, in pixels.
        reg_max: Values of a side's distribution.
        act_cfg: Activation layer.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer.
        loss_cls: Loss of the classes' logits against scores.
        loss_bbox: Loss of boxes.
        loss_dfl: Loss of the sides' distributions.
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
        strides: Sequence[int] = (8, 16, 32),
        reg_max: int = 16,
        act_cfg: Config | None = None,
        conv_cfg: Config | None = None,
        norm_cfg: Config | None = None,
        loss_cls: Config | None = None,
        loss_bbox: Config | None = None,
        loss_dfl: Config | None = None,
        train_cfg: Mapping[str, Any] | None = None,
        test_cfg: Mapping[str, Any] | None = None,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(
            num_classes,
            in_channels,
            strides,
            loss_cls or dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=0.5),
            loss_bbox or dict(type='CompleteIoULoss', loss_weight=7.5),
            train_cfg,
            test_cfg,
            init_cfg,
        )
        self.reg_max = reg_max
        self.bins: Tensor
        self.register_buffer('bins', torch.arange(reg_max, dtype=torch.float))
        self.loss_dfl = MODELS.build(
            loss_dfl or dict(type='DistributionFocalLoss', loss_weight=1.5)
        )
        layers = dict(
            conv_cfg=conv_cfg,
            norm_cfg=norm_cfg or dict(type='BN', requires_grad=True),
            act_cfg=act_cfg or dict(type='SiLU'),
        )
        box_width = max(16, in_channels[0] // 4, 4 * reg_max)
        class_width = max(in_channels[0], min(num_classes, 100))
        self.box_branches, self.class_branches = (
            nn.ModuleList(_branch(channels, width, outputs, layers) for channels in in_channels)
            for width, outputs in ((box_width, 4 * reg_max), (class_width, num_classes))
        )

    def init_weights(self) -> None:
        """Initialise as ``init_cfg`` says; then the biases of last layers.

        Those of classes are such that at the start each level sees about 5 objects in 640² pixels.
        """
        again = self.is_init
        super().init_weights()
        if again:
            return
        for box, classes, stride in zip(
            self.box_branches, self.class_branches, self.strides, strict=True
        ):
            nn.init.ones_(box.get_parameter('2.bias'))
            prior = 5 / self.num_classes / (640 / stride) ** 2
            nn.init.constant_(classes.get_parameter('2.bias'), log(prior))

    def forward(self, x: Levels) -> tuple[list[Tensor], list[Tensor]]:
        """Features to logits (N, num_classes, H, W) and sides' logits (N, 4 · reg_max, H, W)."""
        return (
            [branch(y) for branch, y in zip(self.class_branches, x, strict=True)],
            [branch(y) for branch, y in zip(self.box_branches, x, strict=True)],
        )

    def loss_by_feat(
        self,
        cls_scores: Levels,
        bbox_preds: Levels,
        batch_gt_instances: list[InstanceData],
        batch_img_metas: list[dict[str, Any]],
        batch_gt_instances_ignore: list[InstanceData] | None = None,
    ) -> dict[str, Tensor]:
        """The three losses of what ``forward`` gave; P below are the points of all levels.

        Args:
            cls_scores: Logits of the classes.
            bbox_preds: Logits of the sides.
            batch_gt_instances: ``bboxes`` and ``labels`` of every image.
            batch_img_metas: Not used.
            batch_gt_instances_ignore: Not used, as in YOLOv8.
        """
        sides = by_point(bbox_preds)  # (N, P, 4 reg_max)
        points, logits, learnt, boxes, targets, total = self.learning(
            cls_scores, sides, batch_gt_instances
        )
        i, j = targets.images, targets.points
        distances = bbox2distance(points[j, :2], targets.boxes) / points[j, 2:3]
        distances = distances.clamp(0, self.reg_max - 1 - _BELOW_LAST)
        images = len(logits) * get_world_size()
        loss_cls = self.loss_cls(logits.flatten(0, 1), learnt.flatten(0, 1), avg_factor=total)
        loss_bbox = self.loss_bbox(
            boxes[i, j], targets.boxes, weight=targets.scores, avg_factor=total
        )
        loss_dfl = self.loss_dfl(
            sides[i, j].reshape(-1, self.reg_max),
            distances.reshape(-1),
            weight=targets.scores.repeat_interleave(4),
            avg_factor=4 * total,
        )
        return dict(
            loss_cls=images * loss_cls, loss_bbox=images * loss_bbox, loss_dfl=images * loss_dfl
        )

    def distances(self, sides: Tensor, strides: Tensor | int) -> Tensor:
        """Logits (..., 4 · reg_max) to distances in pixels (..., 4): left, top, right, bottom."""
        # No matrix product, which mixed precision would round.
        probabilities = sides.reshape(*sides.shape[:-1], 4, self.reg_max).softmax(-1)
        return (probabilities * self.bins).sum(-1) * strides


def _branch(channels: int, width: int, outputs: int, layers: Config) -> nn.Sequential:
    return nn.Sequential(
        ConvModule(channels, width, 3, padding=1, **layers),
        ConvModule(width, width, 3, padding=1, **layers),
        nn.Conv2d(width, outputs, 1),
    )
