"""Faster R-CNN with DetNASNet-300M on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/faster_rcnn_fpn.py',
    '../published/detnas_300m.py',
    '../_base_/datasets/coco_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
