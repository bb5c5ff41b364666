"""YOLOv6-t on COCO, from scratch."""

_base_ = ['../_base_/detectors/yolov6_t.py', '../_base_/yolo_400e_coco.py']
