"""YOLOv5-m on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov5_m.py', '../_base_/yolo_300e_coco.py']
