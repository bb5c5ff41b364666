"""Dense heads."""

from pisnas_mm.models.dense_heads.spinenet_head import SpineNetHead
from pisnas_mm.models.dense_heads.yolov8_head import YOLOv8Head

__all__ = ['SpineNetHead', 'YOLOv8Head']
