"""GFL with ResNet-101 on Pascal VOC 07+12, from scratch."""

_base_ = [
    '../_base_/detectors/gfl_fpn.py',
    '../_base_/backbones/resnet101.py',
    '../_base_/datasets/voc0712_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    bbox_head=dict(num_classes=20),
)
