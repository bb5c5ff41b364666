"""Which points learn which object: YOLOv8's form of TOOD's task alignment (Feng et al., ICCV 2021).

MMDetection's ``TaskAlignedAssigner`` takes the best points of all and drops those outside of the
object; here the best inside of it are taken, and overlaps are complete IoUs.
"""

from collections.abc import Callable

import torch
from mmdet.models.task_modules.assigners import AssignResult, BaseAssigner
from mmdet.registry import TASK_UTILS
from mmdet.structures.bbox import bbox_overlaps
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models.losses import complete_iou

_TINY = 1e-9
_MOST_PAIRS = 1 << 21  # of objects and points at a time; a number takes 8 MB for all of them


@TASK_UTILS.register_module()
class YOLOv8Assigner(BaseAssigner):
    """Gives every object the ``topk`` points inside of it that are aligned best.

    Alignment is score^alpha · overlap^beta: the score of the object's class and the complete IoU
    (0 if negative). A point that several objects claim goes to the one it overlaps most.

    Args:
        topk: Points for one object at most.
        alpha: Exponent of the score.
        beta: Exponent of the overlap.
        complete: Whether overlaps are complete IoUs, and not plain ones as in YOLOv6.
    """

    def __init__(
        self, topk: int = 10, alpha: float = 0.5, beta: float = 6.0, complete: bool = True
    ) -> None:
        self.topk = topk
        self.alpha = alpha
        self.beta = beta
        self.overlap = complete_iou if complete else _plain_iou

    @torch.no_grad()
    def assign(
        self,
        pred_instances: InstanceData,
        gt_instances: InstanceData,
        gt_instances_ignore: InstanceData | None = None,
    ) -> AssignResult:
        """Assign the P points of an image to its G objects.

        Args:
            pred_instances: ``priors`` (P, 2 or more), x and y in pixels first; ``bboxes`` (P, 4),
                corners in pixels; ``scores`` (P, classes), from 0 to 1.
            gt_instances: ``bboxes`` (G, 4) and ``labels`` (G,).
            gt_instances_ignore: Nothing is done with them, as in YOLOv8.

        Returns:
            ``gt_inds`` (P,): 1 + the object's index, 0 for the background; ``labels`` (P,), -1 for
            the background; ``max_overlaps`` (P,): complete IoU with the object;
            ``assign_metrics`` (P,): the score to learn, the alignment scaled for each object so
            that its best is the object's best overlap.
        """
        points, boxes = pred_instances.priors[:, :2].float(), pred_instances.bboxes.float()
        objects, labels = gt_instances.bboxes.float(), gt_instances.labels
        count = len(points)
        if not len(objects):
            nothing = points.new_zeros(count)
            background = labels.new_full((count,), -1)
            result = AssignResult(0, labels.new_zeros(count), nothing, background)
            result.assign_metrics = nothing
            return result
        scores = pred_instances.scores.float()
        owner, overlaps = self._owners(points, boxes, scores, objects, labels)

        own, best = owner >= 0, owner.clamp(min=0)
        alignment = own * self._alignment(scores.gather(1, labels[best, None])[:, 0], overlaps)
        values = torch.stack([overlaps, alignment])
        most = values.new_zeros(2, len(objects))  # of all points of an object
        most.scatter_reduce_(1, best.expand(2, -1), values, 'amax')
        scale = most[0] / (most[1] + _TINY)
        result = AssignResult(
            len(objects),
            torch.where(own, owner + 1, 0),
            overlaps,
            torch.where(own, labels[best], -1),
        )
        result.assign_metrics = alignment * scale[best]
        return result

    def _owners(
        self, points: Tensor, boxes: Tensor, scores: Tensor, objects: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Every point's object, -1 for the background, and its overlap with that, both (P,).

        Objects come in pieces of G' whose pairs with points stay within ``_MOST_PAIRS``.
        """
        count = len(points)
        claims = labels.new_zeros(count)  # how many objects claim a point
        claimant, nearest = labels.new_full((2, count), -1)  # the last of them; the one it overlaps
        claimed_overlap, largest = points.new_zeros(2, count)  # the overlaps with these two
        step = max(1, _MOST_PAIRS // max(count, 1))
        for first in range(0, len(objects), step):
            piece = slice(first, first + step)
            # (G', P), 0 outside of the object
            overlaps = _overlaps(points, boxes, objects[piece], self.overlap)
            alignment = self._alignment(scores[:, labels[piece]].T, overlaps)
            claimed = self._claimed(alignment)
            here = claimed.any(0)
            which = claimed.int().argmax(0)
            claims += claimed.sum(0)
            claimant = torch.where(here, first + which, claimant)
            overlap = overlaps.gather(0, which[None]).squeeze(0)
            claimed_overlap = torch.where(here, overlap, claimed_overlap)
            overlap, which = overlaps.max(0)
            nearest = torch.where(overlap > largest, first + which, nearest)
            largest = torch.maximum(overlap, largest)
        contested = claims > 1
        owner = torch.where(contested, nearest, claimant)
        return owner, torch.where(contested, largest, claimed_overlap)

    def _alignment(self, scores: Tensor, overlaps: Tensor) -> Tensor:
        return scores**self.alpha * overlaps**self.beta

    def _claimed(self, alignment: Tensor) -> Tensor:
        """The best points of every object, (G, P), as far as they are aligned at all."""
        _, chosen = alignment.topk(min(self.topk, alignment.shape[1]), dim=1)
        claimed = torch.zeros_like(alignment, dtype=torch.bool).scatter_(1, chosen, True)
        return claimed & (alignment > 0)


def _plain_iou(boxes: Tensor, objects: Tensor) -> Tensor:
    return bbox_overlaps(boxes, objects, is_aligned=True)


def _overlaps(
    points: Tensor, boxes: Tensor, objects: Tensor, overlap: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Overlap of objects and the boxes of points inside of them, (G, P); else 0."""
    before, after = points - objects[:, None, :2], objects[:, None, 2:] - points
    inside = torch.minimum(before, after).amin(2) > _TINY
    i, j = inside.nonzero(as_tuple=True)
    overlaps = inside.float()
    overlaps[i, j] = overlap(boxes[j], objects[i]).clamp(min=0)
    return overlaps
