"""YOLOv6-n on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov6_n.py', '../_base_/yolo_400e_coco.py']
