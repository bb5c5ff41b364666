"""Necks."""

from pisnas_mm.models.necks.yolov8_pafpn import YOLOv8PAFPN

__all__ = ['YOLOv8PAFPN']
