"""YOLOv5-s on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov5_s.py', '../_base_/yolo_300e_coco.py']
