"""RetinaNet with ResNet-101 on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/retinanet_fpn.py',
    '../_base_/backbones/resnet101.py',
    '../_base_/datasets/coco_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
