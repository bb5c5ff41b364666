"""YOLOv5-s's neck and head with a searched backbone of its size on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/yolov5_s.py',
    '../searched/pis_yolov5_s_coco/backbone.py',
    '../_base_/yolo_300e_coco.py',
]

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
