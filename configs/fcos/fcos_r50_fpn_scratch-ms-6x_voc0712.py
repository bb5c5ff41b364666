"""FCOS with ResNet-50 on Pascal VOC 07+12, from scratch."""

_base_ = [
    '../_base_/detectors/fcos_fpn.py',
    '../_base_/backbones/resnet50.py',
    '../_base_/datasets/voc0712_ms.py',
    '../_base_/schedules/schedule_6x.py',
    '../_base_/default_runtime.py',
]

# Strides in the 1x1 convolutions, as MMDetection's FCOS has them: fewer MACs.
model = dict(
    backbone=dict(_base_.backbone, style='caffe'),
    neck=dict(in_channels=_base_.neck_channels),
    bbox_head=dict(num_classes=20),
)
