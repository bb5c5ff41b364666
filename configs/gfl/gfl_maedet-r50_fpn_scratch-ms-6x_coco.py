"""GFL with a backbone by MAE-DET's search on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/gfl_fpn.py',
    '../searched/maedet_r50_released/backbone.py',
    '../_base_/datasets/coco_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
