"""YOLOv8-x on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov8_x.py', '../_base_/yolov8_500e_coco.py']
