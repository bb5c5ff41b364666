"""YOLOv8-m's neck and head with a searched backbone of its size on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/yolov8_m.py',
    '../searched/pis_yolov8_m_coco/backbone.py',
    '../_base_/yolov8_500e_coco.py',
]

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
