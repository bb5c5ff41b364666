"""Heads."""

from pisnas_mm.models.dense_heads.spinenet_head import SpineNetHead
from pisnas_mm.models.dense_heads.yolov5_head import YOLOv5Head
from pisnas_mm.models.dense_heads.yolov6_head import YOLOv6Head
from pisnas_mm.models.dense_heads.yolov7_head import YOLOv7Head
from pisnas_mm.models.dense_heads.yolov8_head import YOLOv8Head

__all__ = ['SpineNetHead', 'YOLOv5Head', 'YOLOv6Head', 'YOLOv7Head', 'YOLOv8Head']
