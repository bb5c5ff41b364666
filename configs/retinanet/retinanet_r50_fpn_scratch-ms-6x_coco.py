"""RetinaNet with ResNet-50 on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/retinanet_fpn.py',
    '../_base_/backbones/resnet50.py',
    '../_base_/datasets/coco_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
