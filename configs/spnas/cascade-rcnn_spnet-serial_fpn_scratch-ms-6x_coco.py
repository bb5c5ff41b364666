"""Cascade R-CNN with SP-NAS's backbone, its serial form, on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/cascade_rcnn_fpn.py',
    '../published/spnet_serial.py',
    '../_base_/datasets/coco_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
