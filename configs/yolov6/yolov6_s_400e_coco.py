"""YOLOv6-s on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov6_s.py', '../_base_/yolo_400e_coco.py']
