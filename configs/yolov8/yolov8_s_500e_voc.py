"""YOLOv8-s on Pascal VOC 07+12, from scratch."""

_base_ = ['../_base_/detectors/yolov8_s.py', '../_base_/yolov8_500e_voc.py']

model = dict(bbox_head=dict(num_classes=20))
