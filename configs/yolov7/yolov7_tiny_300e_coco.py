"""YOLOv7-tiny on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov7_tiny.py', '../_base_/yolo_300e_coco.py']
