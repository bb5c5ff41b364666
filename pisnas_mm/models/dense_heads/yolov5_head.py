"""YOLOv5's head: at every cell of a level a box, an objectness and classes for three anchors."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any, NamedTuple

import torch
from mmdet.models.dense_heads.base_dense_head import BaseDenseHead
from mmdet.models.utils import filter_scores_and_topk
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from mmengine.dist import get_world_size
from mmengine.structures import InstanceData
from torch import Tensor, nn

from pisnas_mm.models.graph_block import Config
from pisnas_mm.models.losses import complete_iou
from pisnas_mm.models.task_modules.anchor_cells import AnchorCells, anchor_cells

Levels = Sequence[Tensor]
"""A value of every level of the pyramid, finest first."""

ANCHORS = (
    ((10, 13), (16, 30), (33, 23)),
    ((30, 61), (62, 45), (59, 119)),
    ((116, 90), (156, 198), (373, 326)),
)


@MODELS.register_module()
class YOLOv5Head(BaseDenseHead):
    """A 1×1 convolution at each level: 4 numbers of a box, objectness and classes, by anchor.

    Losses are means over what learns in a process, times the images of a step on all processes, as
    in YOLOv5. An anchor that several objects claim has the largest overlap for its objectness.

    Args:
        num_classes: Number of classes.
        in_channels: Channels of the levels, finest first.
        anchors: Widths and heights at every level, in pixels: as many at each.
        strides: Of the levels, in pixels.
        balance: What the objectness of a level counts.
        max_ratio: How many times as long as an anchor's an object's side may be, or the other way
            round, for the anchor to learn it.
        loss_cls: Loss of the classes' logits.
        loss_bbox: Loss of boxes.
        loss_obj: Loss of the objectness' logits against complete IoUs.
        train_cfg: Not used.
        test_cfg: ``score_thr``, ``nms_pre``, ``nms`` and ``max_per_img``, as in other heads.
        init_cfg: Initialisation. Biases are moved afterwards.

    Raises:
        ValueError: ``in_channels``, ``strides``, ``anchors`` and ``balance`` are not equally many.
    """

    use_sigmoid_cls = True

    def __init__(
        self,
        num_classes: int,
        in_channels: Sequence[int],
        anchors: Sequence[Sequence[Sequence[int]]] = ANCHORS,
        strides: Sequence[int] = (8, 16, 32),
        balance: Sequence[float] = (4.0, 1.0, 0.4),
        max_ratio: float = 4.0,
        loss_cls: Config | None = None,
        loss_bbox: Config | None = None,
        loss_obj: Config | None = None,
        train_cfg: Mapping[str, Any] | None = None,
        test_cfg: Mapping[str, Any] | None = None,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(init_cfg)
        for name, values in [
            ('in_channels', in_channels),
            ('anchors', anchors),
            ('balance', balance),
        ]:
            if len(values) != len(strides):
                raise ValueError(
                    f'{name} should be {len(strides)}, as strides are, but got {values}'
                )
        self.num_classes = num_classes
        self.strides = tuple(strides)
        self.balance = tuple(balance)
        self.max_ratio = max_ratio
        self.anchors: Tensor
        self.register_buffer('anchors', torch.tensor(anchors, dtype=torch.float), persistent=False)
        self.loss_cls = MODELS.build(
            loss_cls or dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=0.5)
        )
        self.loss_bbox = MODELS.build(loss_bbox or dict(type='CompleteIoULoss', loss_weight=0.05))
        self.loss_obj = MODELS.build(
            loss_obj or dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=1.0)
        )
        self.train_cfg = train_cfg
        self.test_cfg = test_cfg
        outputs = self.anchors.shape[1] * (5 + num_classes)
        self.layers = nn.ModuleList(nn.Conv2d(channels, outputs, 1) for channels in in_channels)

    def init_weights(self) -> None:
        """Initialise as ``init_cfg`` says; then move the biases of objectness and classes.

        They are such that at the start each level sees about 8 objects in 640² pixels.
        """
        again = self.is_init
        super().init_weights()
        if again:
            return
        for layer, stride in zip(self.layers, self.strides, strict=True):
            bias = layer.get_parameter('bias').data.view(self.anchors.shape[1], -1)
            bias[:, 4] += log(8 / (640 / stride) ** 2)
            bias[:, 5:] += log(0.6 / (self.num_classes - 1 + 1e-5))

    def forward(self, x: Levels) -> tuple[list[Tensor]]:
        """Features to raw predictions (N, anchors, H, W, 5 + classes)."""
        return ([self._by_anchor(layer(y)) for layer, y in zip(self.layers, x, strict=True)],)

    def _by_anchor(self, y: Tensor) -> Tensor:
        count, _, height, width = y.shape
        return y.view(count, self.anchors.shape[1], -1, height, width).permute(0, 1, 3, 4, 2)

    def loss_by_feat(
        self,
        levels: Levels,
        batch_gt_instances: list[InstanceData],
        batch_img_metas: list[dict[str, Any]],
        batch_gt_instances_ignore: list[InstanceData] | None = None,
    ) -> dict[str, Tensor]:
        """The three losses of what ``forward`` gave.

        Args:
            levels: Raw predictions.
            batch_gt_instances: ``bboxes`` and ``labels`` of every image.
            batch_img_metas: Not used.
            batch_gt_instances_ignore: Not used, as in YOLOv5.
        """
        levels = [level.float() for level in levels]
        objects = _objects(batch_gt_instances)
        sums = dict.fromkeys(('loss_cls', 'loss_bbox', 'loss_obj'), levels[0].new_zeros(()))
        for i, found in enumerate(self._learning(levels, objects)):
            losses = self._level_losses(i, levels[i], found, objects)
            sums = {name: sums[name] + loss for name, loss in losses.items()}
        images = len(levels[0]) * get_world_size()
        return {name: images * loss for name, loss in sums.items()}

    def _learning(self, levels: Levels, objects: '_Objects') -> list[AnchorCells]:
        """Which anchors learn which objects, level by level."""
        return [
            anchor_cells(
                objects.boxes, anchors, stride, (level.shape[2], level.shape[3]), self.max_ratio
            )
            for level, anchors, stride in zip(levels, self.anchors, self.strides, strict=True)
        ]

    def _level_losses(
        self, i: int, level: Tensor, found: AnchorCells, objects: '_Objects'
    ) -> dict[str, Tensor]:
        raw = self._at(level, found, objects)  # (K, 5 + classes)
        boxes = self._boxes(i, raw, found)
        wanted = objects.boxes[found.objects]
        count = max(len(raw), 1)
        learnt = torch.zeros_like(raw[:, 5:])
        learnt[torch.arange(len(raw)), objects.labels[found.objects]] = 1

        seen = torch.zeros_like(level[..., 4])  # (N, A, H, W)
        overlaps = complete_iou(boxes.detach(), wanted).clamp(min=0)
        at = _flat(seen.shape, objects.images[found.objects], *found[1:])
        seen.view(-1).scatter_reduce_(0, at, overlaps, 'amax')
        return dict(
            loss_cls=self.loss_cls(raw[:, 5:], learnt, avg_factor=count * self.num_classes),
            loss_bbox=self.loss_bbox(boxes, wanted, torch.ones_like(overlaps), avg_factor=count),
            loss_obj=self.balance[i] * self.loss_obj(level[..., 4], seen),
        )

    def _at(self, level: Tensor, found: AnchorCells, objects: '_Objects') -> Tensor:
        """Raw predictions (K, 5 + classes) of anchors in cells."""
        return level[objects.images[found.objects], found.anchors, found.rows, found.columns]

    def _boxes(self, i: int, raw: Tensor, found: AnchorCells) -> Tensor:
        """Boxes (K, 4) of these predictions."""
        cells = torch.stack([found.columns, found.rows], dim=1)
        return decoded(raw, cells, self.anchors[i][found.anchors], self.strides[i])

    def predict_by_feat(
        self,
        levels: Levels,
        batch_img_metas: list[dict[str, Any]],
        cfg: ConfigDict | None = None,
        rescale: bool = False,
        with_nms: bool = True,
    ) -> list[InstanceData]:
        """Detections from what ``forward`` gave; arguments as in other heads."""
        cfg = ConfigDict(cfg or self.test_cfg)
        boxes, scores = self.decoded(levels)
        results = []
        for image_boxes, image_scores, meta in zip(boxes, scores, batch_img_metas, strict=True):
            best, labels, at, _ = filter_scores_and_topk(image_scores, cfg.score_thr, cfg.nms_pre)
            height, width = meta['img_shape'][:2]
            ends = boxes.new_tensor([width, height, width, height])
            found = InstanceData(
                bboxes=torch.minimum(image_boxes[at].clamp(min=0), ends), scores=best, labels=labels
            )
            results.append(self._bbox_post_process(found, cfg, rescale, with_nms, meta))
        return results

    def decoded(self, levels: Levels) -> tuple[Tensor, Tensor]:
        """Boxes (N, P, 4) in pixels and scores (N, P, classes) of all anchors, for export, too."""
        levels = [level.float() for level in levels]
        boxes = [self._all_boxes(i, level).flatten(1, 3) for i, level in enumerate(levels)]
        chances = torch.cat([level[..., 4:].flatten(1, 3) for level in levels], dim=1).sigmoid()
        return torch.cat(boxes, dim=1), chances[..., :1] * chances[..., 1:]

    def _all_boxes(self, i: int, level: Tensor) -> Tensor:
        """Boxes (N, A, H, W, 4) of all predictions of a level."""
        height, width = level.shape[2:4]
        device = level.device
        rows, columns = torch.arange(height, device=device), torch.arange(width, device=device)
        cells = torch.stack(torch.meshgrid(columns, rows, indexing='xy'), dim=2)  # (H, W, 2)
        return decoded(level, cells, self.anchors[i][:, None, None], self.strides[i])


class _Objects(NamedTuple):
    """The G objects of all images: their images (G,), boxes (G, 4) and classes (G,)."""

    images: Tensor
    boxes: Tensor
    labels: Tensor


def _objects(instances: list[InstanceData]) -> _Objects:
    labels = torch.cat([gt.labels for gt in instances])
    counts = labels.new_tensor([len(gt.labels) for gt in instances])
    return _Objects(
        torch.arange(len(instances), device=labels.device).repeat_interleave(counts),
        torch.cat([gt.bboxes for gt in instances]).float(),
        labels,
    )


def decoded(raw: Tensor, cells: Tensor, anchors: Tensor, stride: int) -> Tensor:
    """Predictions (..., 4 or more) to corners in pixels (..., 4).

    A centre lies half a cell around its own at most, and a side is four times its anchor's at most.

    Args:
        raw: x, y, width and height as logits.
        cells: Column and row (..., 2).
        anchors: Width and height (..., 2) in pixels.
        stride: Of the level, in pixels.
    """
    doubled = 2 * raw[..., :4].sigmoid()
    centres = (doubled[..., :2] - 0.5 + cells) * stride
    halves = doubled[..., 2:] ** 2 * anchors / 2
    return torch.cat([centres - halves, centres + halves], dim=-1)


def _flat(shape: Sequence[int], *indices: Tensor) -> Tensor:
    """Places (K,) in the flattened tensor of a shape."""
    at = torch.zeros_like(indices[0])
    for size, index in zip(shape, indices, strict=True):
        at = at * size + index
    return at
