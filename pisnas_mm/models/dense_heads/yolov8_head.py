"""YOLOv8's head: decoupled, anchor-free, with distributions for sides (GFL, Li et al., 2020)."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any, NamedTuple

import torch
from mmcv.cnn import ConvModule
from mmdet.models.dense_heads.base_dense_head import BaseDenseHead
from mmdet.registry import MODELS, TASK_UTILS
from mmdet.structures.bbox import bbox2distance, distance2bbox
from mmdet.utils import reduce_mean
from mmengine.dist import get_world_size
from mmengine.structures import InstanceData
from torch import Tensor, nn

from pisnas_mm.models.graph_block import Config

Levels = Sequence[Tensor]
"""A value of every level of the pyramid, finest first: each (N, channels, H, W)."""

_BELOW_LAST = 0.01  # a distance to learn lies so far below the last one of the distribution


@MODELS.register_module()
class YOLOv8Head(BaseDenseHead):
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
        super().__init__(init_cfg)
        if len(in_channels) != len(strides):
            raise ValueError(
                f'in_channels should be {len(strides)} numbers, as strides are, '
                f'but got {in_channels}'
            )
        self.num_classes = self.cls_out_channels = num_classes
        self.use_sigmoid_cls = True
        self.strides = tuple(strides)
        self.reg_max = reg_max
        self.bins: Tensor
        self.prior_generator = TASK_UTILS.build(
            dict(type='MlvlPointGenerator', strides=strides, offset=0.5)
        )
        self.bbox_coder = TASK_UTILS.build(dict(type='DistancePointBBoxCoder'))
        self.register_buffer('bins', torch.arange(reg_max, dtype=torch.float))
        self.loss_cls = MODELS.build(
            loss_cls or dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=0.5)
        )
        self.loss_bbox = MODELS.build(loss_bbox or dict(type='CompleteIoULoss', loss_weight=7.5))
        self.loss_dfl = MODELS.build(
            loss_dfl or dict(type='DistributionFocalLoss', loss_weight=1.5)
        )
        self.train_cfg = train_cfg
        self.test_cfg = test_cfg
        if train_cfg:
            self.assigner = TASK_UTILS.build(train_cfg['assigner'])

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
        points = self._points(cls_scores)
        logits, sides = _by_point(cls_scores), _by_point(bbox_preds)  # (N, P, classes or 4 reg_max)
        strides = points[:, 2:3]
        boxes = self._boxes(points, sides)
        targets = self._targets(points, logits, boxes, batch_gt_instances)
        i, j = targets.images, targets.points
        learnt = torch.zeros_like(logits)
        learnt[i, j, targets.labels] = targets.scores
        total = reduce_mean(targets.scores.sum()).clamp(min=1)

        distances = bbox2distance(points[j, :2], targets.boxes) / strides[j]
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

    def decoded(self, cls_scores: Levels, bbox_preds: Levels) -> tuple[Tensor, Tensor]:
        """Boxes (N, P, 4) in pixels and logits (N, P, classes) of all points, for export, too."""
        boxes = self._boxes(self._points(cls_scores), _by_point(bbox_preds))
        return boxes, _by_point(cls_scores)

    def predict_by_feat(
        self, cls_scores: Levels, bbox_preds: Levels, *args: Any, **kwargs: Any
    ) -> list[InstanceData]:
        """Detections from what ``forward`` gave; further arguments as in other heads."""
        distances = [
            self._distances(sides.permute(0, 2, 3, 1), stride).permute(0, 3, 1, 2)
            for sides, stride in zip(bbox_preds, self.strides, strict=True)
        ]
        return super().predict_by_feat(cls_scores, distances, *args, **kwargs)

    def _points(self, levels: Levels) -> Tensor:
        """Points of all levels (P, 4), in pixels: x, y, and the stride along both."""
        sizes = [level.shape[2:] for level in levels]
        device = levels[0].device
        return torch.cat(self.prior_generator.grid_priors(sizes, device=device, with_stride=True))

    def _boxes(self, points: Tensor, sides: Tensor) -> Tensor:
        """Boxes (N, P, 4) around points (P, 4), by logits of sides (N, P, 4 · reg_max)."""
        distances = self._distances(sides, points[:, 2:3])
        return distance2bbox(points[:, :2].expand(sides.shape[0], -1, -1), distances)

    def _distances(self, sides: Tensor, strides: Tensor | int) -> Tensor:
        """Logits (..., 4 · reg_max) to distances in pixels (..., 4): left, top, right, bottom."""
        # No matrix product, which mixed precision would round.
        probabilities = sides.reshape(*sides.shape[:-1], 4, self.reg_max).softmax(-1)
        return (probabilities * self.bins).sum(-1) * strides

    def _targets(
        self, points: Tensor, logits: Tensor, boxes: Tensor, objects: list[InstanceData]
    ) -> '_Targets':
        parts = []
        for i, (image_logits, image_boxes, gt) in enumerate(
            zip(logits.detach(), boxes.detach(), objects, strict=True)
        ):
            pred = InstanceData(priors=points, bboxes=image_boxes, scores=image_logits.sigmoid())
            assigned = self.assigner.assign(pred, gt)
            at = assigned.gt_inds.nonzero().squeeze(1)
            own = assigned.gt_inds[at] - 1
            parts.append(
                _Targets(
                    torch.full_like(at, i),
                    at,
                    gt.labels[own],
                    gt.bboxes[own].float(),
                    assigned.assign_metrics[at],
                )
            )
        return _Targets(*map(torch.cat, zip(*parts, strict=True)))


class _Targets(NamedTuple):
    """What K points learn: their images and places (K,), classes, boxes (K, 4) and scores (K,)."""

    images: Tensor
    points: Tensor
    labels: Tensor
    boxes: Tensor
    scores: Tensor


def _branch(channels: int, width: int, outputs: int, layers: Config) -> nn.Sequential:
    return nn.Sequential(
        ConvModule(channels, width, 3, padding=1, **layers),
        ConvModule(width, width, 3, padding=1, **layers),
        nn.Conv2d(width, outputs, 1),
    )


def _by_point(levels: Levels) -> Tensor:
    """Levels (N, channels, H, W) to (N, P, channels), in full precision."""
    return torch.cat([level.flatten(2) for level in levels], dim=2).transpose(1, 2).float()
