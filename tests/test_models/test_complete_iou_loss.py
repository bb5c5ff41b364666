from math import atan, pi

import pytest
import torch
from mmdet.models.losses.iou_loss import ciou_loss

from pisnas_mm.models.losses import CompleteIoULoss, complete_iou


def test_by_hand() -> None:
    a, b = torch.tensor([[0.0, 0, 4, 2]]), torch.tensor([[2.0, 0, 6, 4]])
    iou = 4 / (8 + 16 - 4)
    distance = (2**2 + 1**2) / (6**2 + 4**2)
    shape = 4 / pi**2 * (atan(4 / 2) - atan(4 / 4)) ** 2
    expected = iou - distance - shape**2 / (1 - iou + shape)
    assert complete_iou(a, b).item() == pytest.approx(expected, rel=1e-5)


def test_where_boxes_overlap_it_is_that_of_mmdetection() -> None:
    torch.manual_seed(0)
    a = torch.tensor([10.0, 20, 50, 50]) + 8 * torch.rand(500, 4)
    b = torch.tensor([10.0, 20, 50, 50]) + 8 * torch.rand(500, 4)
    a.requires_grad_()
    ours, theirs = 1 - complete_iou(a, b), ciou_loss(a, b, reduction='none')
    near = theirs < 0.5
    assert near.sum() > 300
    torch.testing.assert_close(ours[near], theirs[near], rtol=1e-4, atol=1e-5)
    (ours,), (theirs,) = (torch.autograd.grad(loss[near].sum(), a) for loss in (ours, theirs))
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


def test_a_box_that_is_met_exactly() -> None:
    box = torch.tensor([[3.0, 4, 20, 31]], requires_grad=True)
    loss = 1 - complete_iou(box, box.detach())
    loss.sum().backward()
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert box.grad is not None
    assert box.grad.isfinite().all()


def test_boxes_without_area() -> None:
    boxes = torch.tensor([[5.0, 5, 5, 5], [0, 0, 10, 10]], requires_grad=True)
    complete_iou(boxes, boxes.detach().flip(0)).sum().backward()
    assert boxes.grad is not None
    assert boxes.grad.isfinite().all()


def test_the_loss_is_a_weighted_sum() -> None:
    torch.manual_seed(0)
    a, b = (torch.cat([c, c + 5], dim=1) for c in torch.rand(2, 4, 2))
    weight = torch.tensor([0.0, 1.0, 2.0, 0.5])
    loss = CompleteIoULoss(loss_weight=3.0)(a, b, weight, avg_factor=7)
    assert loss == pytest.approx(3 * (weight * (1 - complete_iou(a, b))).sum().item() / 7)
    assert CompleteIoULoss()(a[:0], b[:0], weight[:0], 1.0) == 0
