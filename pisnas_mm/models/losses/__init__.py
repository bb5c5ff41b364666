"""Losses."""

from pisnas_mm.models.losses.complete_iou_loss import CompleteIoULoss, complete_iou

__all__ = ['CompleteIoULoss', 'complete_iou']
