"""Complete IoU (Zheng et al., "Enhancing Geometric Factors", 2020), as YOLOv8 has it.

MMDetection's ``CIoULoss`` leaves the shape out below an IoU of 0.5, and is NaN where a box is met
exactly (0 / 0 in the weight of the shape).
"""

from math import pi

import torch
from mmdet.registry import MODELS
from torch import Tensor, nn

_TINY = 1e-7


def complete_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU − ρ² / c² − α v of boxes in pairs: (K, 4) corners each to (K,), from −1 to 1."""
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    shared = (torch.min(a[:, 2:], b[:, 2:]) - torch.max(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    iou = shared / (size_a.prod(1) + size_b.prod(1) - shared + _TINY)
    hull = torch.max(a[:, 2:], b[:, 2:]) - torch.min(a[:, :2], b[:, :2])
    apart = (a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) / 2
    distance = (apart**2).sum(1) / ((hull**2).sum(1) + _TINY)
    angle_a, angle_b = ((w / (h + _TINY)).atan() for w, h in (size_a.unbind(1), size_b.unbind(1)))
    shape = 4 / pi**2 * (angle_b - angle_a) ** 2
    with torch.no_grad():
        weight = shape / (1 - iou + shape + _TINY)
    return iou - distance - weight * shape


@MODELS.register_module()
class CompleteIoULoss(nn.Module):
    """1 − complete IoU, weighted, summed and divided.

    Args:
        loss_weight: Factor of the loss.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(
        self, pred: Tensor, target: Tensor, weight: Tensor, avg_factor: Tensor | float
    ) -> Tensor:
        """Loss of K boxes (K, 4) with weights (K,), divided by ``avg_factor``."""
        return self.loss_weight * ((1 - complete_iou(pred, target)) * weight).sum() / avg_factor
