"""GFL with ResNet-50 at a quarter of its width on the embedded digits, from scratch on a CPU."""

_base_ = [
    '../_base_/detectors/gfl_digits.py',
    '../_base_/backbones/resnet50_w16.py',
    '../_base_/datasets/digits.py',
    '../_base_/schedules/digits.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
