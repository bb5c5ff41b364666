"""YOLOv6-m on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov6_m.py', '../_base_/yolo_300e_coco.py']
