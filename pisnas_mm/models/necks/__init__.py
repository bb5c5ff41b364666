"""Necks."""

from pisnas_mm.models.necks.yolov5_pafpn import YOLOv5PAFPN
from pisnas_mm.models.necks.yolov6_pafpn import YOLOv6PAFPN
from pisnas_mm.models.necks.yolov7_pafpn import YOLOv7PAFPN
from pisnas_mm.models.necks.yolov8_pafpn import YOLOv8PAFPN

__all__ = ['YOLOv5PAFPN', 'YOLOv6PAFPN', 'YOLOv7PAFPN', 'YOLOv8PAFPN']
