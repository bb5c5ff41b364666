"""YOLOv5-l on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov5_l.py', '../_base_/yolo_300e_coco.py']
