"""Which anchors of which cells may learn an object: YOLOv5's rule, and YOLOv7's choice among them.

Three cells share an object: that of its centre, and the nearest neighbour along either axis; in
each of them all anchors whose sides are not too unlike the object's.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from mmdet.structures.bbox import bbox_overlaps
from torch import Tensor

_STEPS = ((0, 0), (-1, 0), (0, -1), (1, 0), (0, 1))  # to the cell itself, left, up, right, down
_TINY = 1e-8


class AnchorCells(NamedTuple):
    """K pairs of an object and an anchor in a cell of one level, as indices (K,)."""

    objects: Tensor
    anchors: Tensor
    rows: Tensor
    columns: Tensor

    def at(self, index: Tensor) -> 'AnchorCells':
        """Some of the pairs."""
        return AnchorCells(*(part[index] for part in self))


def anchor_cells(
    boxes: Tensor, anchors: Tensor, stride: int, shape: tuple[int, int], max_ratio: float
) -> AnchorCells:
    """The pairs of a level.

    Args:
        boxes: Objects (G, 4), corners in pixels.
        anchors: Widths and heights (A, 2) in pixels.
        stride: Of the level, in pixels.
        shape: Its rows and columns.
        max_ratio: How many times as long as the other a side of object or anchor may be, less than.
    """
    sizes = boxes[:, None, 2:] - boxes[:, None, :2]  # (G, 1, 2)
    ratios = sizes / anchors  # (G, A, 2)
    fits = torch.maximum(ratios, 1 / ratios).amax(2) < max_ratio
    objects, of = fits.nonzero(as_tuple=True)  # (F,)

    centres = (boxes[:, :2] + boxes[:, 2:])[objects] / 2 / stride  # (F, 2), in cells
    ends = boxes.new_tensor([shape[1], shape[0]])
    own = centres.floor()
    before = (centres % 1 < 0.5) & (centres > 1)  # (F, 2): left and above, unless at the rim
    after = ((ends - centres) % 1 < 0.5) & (ends - centres > 1)
    itself = before.new_ones(len(centres), 1)
    taken = torch.cat([itself, before, after], dim=1)  # (F, 5), as in `_STEPS`
    index, step = taken.nonzero(as_tuple=True)
    cells = torch.minimum(own[index] + boxes.new_tensor(_STEPS)[step], ends - 1).clamp(min=0).long()
    return AnchorCells(objects[index], of[index], cells[:, 1], cells[:, 0])


def cheapest(
    predicted: Tensor, scores: Tensor, boxes: Tensor, labels: Tensor, topk: int, overlap: float
) -> tuple[Tensor, Tensor]:
    """Of K predictions those that learn one of G objects, by SimOTA (Ge et al., YOLOX, 2021).

    An object takes the predictions that are cheapest for it: as many as its ``topk`` best overlaps
    sum up to, and one at least. A prediction that several want goes to whom it is cheapest for.

    Args:
        predicted: Boxes (K, 4), corners in pixels.
        scores: Classes' probabilities times that of an object at all (K, classes).
        boxes: Objects (G, 4), at least one.
        labels: Their classes (G,).
        topk: How many overlaps are summed up.
        overlap: Factor of −log IoU in the cost, to which the classes' cross entropy is added.

    Returns:
        The predictions (M,), in order, and their objects (M,).
    """
    ious = bbox_overlaps(boxes, predicted)  # (G, K)
    chances = scores.sqrt().clamp(_TINY, 1 - 1e-6)
    logits = chances.logit()
    # Cross entropy with no class at all, and then with the object's own instead of its absence.
    costs = F.softplus(logits).sum(1) - logits[:, labels].T - overlap * (ious + _TINY).log()
    best = ious.topk(min(topk, ious.shape[1]), dim=1).values
    wanted = best.sum(1).int().clamp(min=1)
    chosen = costs.argsort(dim=1).argsort(dim=1) < wanted[:, None]
    owners = torch.where(chosen.sum(0) > 1, costs.argmin(0), chosen.int().argmax(0))
    kept = chosen.any(0).nonzero().squeeze(1)
    return kept, owners[kept]
