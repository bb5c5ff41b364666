"""YOLOv5-n on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov5_n.py', '../_base_/yolo_300e_coco.py']
