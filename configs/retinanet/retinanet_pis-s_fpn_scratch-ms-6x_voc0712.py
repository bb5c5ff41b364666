"""RetinaNet with PIS-NAS-S on Pascal VOC 07+12, from scratch."""

_base_ = [
    '../_base_/detectors/retinanet_fpn.py',
    '../searched/pis_coco/backbone.py',
    '../_base_/datasets/voc0712_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    bbox_head=dict(num_classes=20),
)
