"""YOLOv7's head: YOLOv5's with implicit knowledge, and SimOTA among its anchors (CVPR 2023)."""

from collections.abc import Sequence
from typing import Any

import torch
from mmdet.registry import MODELS
from torch import Tensor, nn

from pisnas_mm.models.dense_heads.yolov5_head import Levels, YOLOv5Head, _Objects
from pisnas_mm.models.task_modules.anchor_cells import AnchorCells, cheapest

ANCHORS = (
    ((12, 16), (19, 36), (40, 28)),
    ((36, 75), (76, 55), (72, 146)),
    ((142, 110), (192, 243), (459, 401)),
)
_SPREAD = 0.02  # of implicit knowledge at the start


@MODELS.register_module()
class YOLOv7Head(YOLOv5Head):
    """A learnt vector is added to features, and one multiplies predictions (YOLOR, 2021).

    Of the anchors that YOLOv5 would have learn an object, those do that cost least now.

    Args:
        num_classes: Number of classes.
        in_channels: Channels of the levels, finest first.
        anchors: Widths and heights at every level, in pixels: as many at each.
        topk: Overlaps that are summed up to how many anchors learn an object.
        overlap: What the overlap counts in the cost.
        kwargs: Further arguments of ``YOLOv5Head``.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: Sequence[int],
        anchors: Sequence[Sequence[Sequence[int]]] = ANCHORS,
        topk: int = 10,
        overlap: float = 3.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_classes, in_channels, anchors, **kwargs)
        self.topk = topk
        self.overlap = overlap
        outputs = self.anchors.shape[1] * (5 + num_classes)
        self.added = nn.ParameterList(torch.zeros(1, x, 1, 1) for x in in_channels)
        self.factors = nn.ParameterList(torch.ones(1, outputs, 1, 1) for _ in in_channels)

    def init_weights(self) -> None:
        again = self.is_init
        super().init_weights()
        if not again:
            for vector in (*self.added, *self.factors):
                vector.data += _SPREAD * torch.randn_like(vector)

    def forward(self, x: Levels) -> tuple[list[Tensor]]:
        parts = zip(self.layers, x, self.added, self.factors, strict=True)
        return ([self._by_anchor(layer(y + added) * by) for layer, y, added, by in parts],)

    @torch.no_grad()
    def _learning(self, levels: Levels, objects: _Objects) -> list[AnchorCells]:
        """Anchors in competition; as in the released code, each for any object of its image."""
        found = super()._learning(levels, objects)
        raw = [self._at(level, one, objects) for level, one in zip(levels, found, strict=True)]
        boxes = torch.cat([self._boxes(i, raw[i], one) for i, one in enumerate(found)])
        chances = torch.cat(raw)[:, 4:].sigmoid()
        scores = chances[:, :1] * chances[:, 1:]
        images = torch.cat([objects.images[one.objects] for one in found])
        owners = torch.full_like(images, -1)
        for image in torch.unique(images):
            mine = (objects.images == image).nonzero().squeeze(1)
            here = (images == image).nonzero().squeeze(1)
            kept, own = cheapest(
                boxes[here],
                scores[here],
                objects.boxes[mine],
                objects.labels[mine],
                self.topk,
                self.overlap,
            )
            owners[here[kept]] = mine[own]
        parts = torch.split(owners, [len(one.objects) for one in found])
        return [
            one._replace(objects=own).at(own >= 0) for one, own in zip(found, parts, strict=True)
        ]
