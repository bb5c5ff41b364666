"""What heads are trained with."""

from pisnas_mm.models.task_modules.yolov8_assigner import YOLOv8Assigner

__all__ = ['YOLOv8Assigner']
