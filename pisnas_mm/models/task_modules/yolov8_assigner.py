"""Which points learn which object: YOLOv8's form of TOOD's task alignment (Feng et al., ICCV 2021).

MMDetection's ``TaskAlignedAssigner`` takes the best points of all and drops those outside of the
object; here the best inside of it are taken, and overlaps are complete IoUs.
"""

import torch
from mmdet.models.task_modules.assigners import AssignResult, BaseAssigner
from mmdet.registry import TASK_UTILS
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models.losses import complete_iou

_TINY = 1e-9


@TASK_UTILS.register_module()
class YOLOv8Assigner(BaseAssigner):
    """Gives every object the ``topk`` points inside of it that are aligned best.

    Alignment is score^alpha · overlap^beta: the score of the object's class and the complete IoU
    (0 if negative). A point that several objects claim goes to the one it overlaps most.

    Args:
        topk: Points for one object at most.
        alpha: Exponent of the score.
        beta: Exponent of the overlap.
    """

    def __init__(self, topk: int = 10, alpha: float = 0.5, beta: float = 6.0) -> None:
        self.topk = topk
        self.alpha = alpha
        self.beta = beta

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
        overlaps = _overlaps(points, boxes, objects)  # (G, P), 0 outside of the object
        scores = pred_instances.scores.float()[:, labels].T
        alignment = scores**self.alpha * overlaps**self.beta
        claimed = self._claimed(alignment)
        contested = claimed.sum(0) > 1
        claimed[:, contested] = False
        claimed[overlaps[:, contested].argmax(0), contested.nonzero().squeeze(1)] = True

        own, best = claimed.any(0), claimed.int().argmax(0)
        alignment, overlaps = alignment * claimed, overlaps * claimed
        scale = overlaps.amax(1) / (alignment.amax(1) + _TINY)
        result = AssignResult(
            len(objects),
            torch.where(own, best + 1, 0),
            overlaps.amax(0),
            torch.where(own, labels[best], -1),
        )
        result.assign_metrics = (alignment * scale[:, None]).amax(0)
        return result

    def _claimed(self, alignment: Tensor) -> Tensor:
        """The best points of every object, (G, P), as far as they are aligned at all."""
        _, chosen = alignment.topk(min(self.topk, alignment.shape[1]), dim=1)
        claimed = torch.zeros_like(alignment, dtype=torch.bool).scatter_(1, chosen, True)
        return claimed & (alignment > 0)


def _overlaps(points: Tensor, boxes: Tensor, objects: Tensor) -> Tensor:
    """Complete IoU of objects and the boxes of points inside of them, (G, P); else 0."""
    before, after = points - objects[:, None, :2], objects[:, None, 2:] - points
    inside = torch.cat([before, after], dim=2).amin(2) > _TINY
    i, j = inside.nonzero(as_tuple=True)
    overlaps = inside.float()
    overlaps[i, j] = complete_iou(boxes[j], objects[i]).clamp(min=0)
    return overlaps
