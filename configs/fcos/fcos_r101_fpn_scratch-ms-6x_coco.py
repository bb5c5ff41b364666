"""FCOS with ResNet-101 on COCO, from scratch."""

_base_ = [
    '../_base_/detectors/fcos_fpn.py',
    '../_base_/backbones/resnet101.py',
    '../_base_/datasets/coco_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

# Strides in the 1x1 convolutions, as MMDetection's FCOS has them: fewer MACs.
model = dict(
    backbone=dict(_base_.backbone, style='caffe'),
    neck=dict(in_channels=_base_.neck_channels),
)
