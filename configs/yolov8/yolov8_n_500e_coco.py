"""YOLOv8-n on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov8_n.py', '../_base_/yolov8_500e_coco.py']
