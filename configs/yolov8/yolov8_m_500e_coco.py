"""YOLOv8-m on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov8_m.py', '../_base_/yolov8_500e_coco.py']
