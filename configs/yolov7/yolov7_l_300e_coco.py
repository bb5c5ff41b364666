"""YOLOv7-l on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov7_l.py', '../_base_/yolo_300e_coco.py']
