"""Dense heads."""

from pisnas_mm.models.dense_heads.yolov8_head import YOLOv8Head

__all__ = ['YOLOv8Head']
