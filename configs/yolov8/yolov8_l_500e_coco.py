"""YOLOv8-l on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov8_l.py', '../_base_/yolov8_500e_coco.py']
