"""GFL with ResNet-50 at a quarter of its width, at 320 x 320."""

_base_ = [
    '../_base_/detectors/gfl_digits.py',
    '../_base_/backbones/resnet50_w16_mmdet_init.py',
    '../_base_/datasets/bloodcells_320.py',
    '../_base_/schedules/40e_bloodcells.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    test_cfg=dict(max_per_img=100),
)
