"""YOLOv8-s on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov8_s.py', '../_base_/yolov8_500e_coco.py']
