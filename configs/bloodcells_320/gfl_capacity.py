"""GFL at 320 x 320 with a backbone of the size of `gfl_r50-w16.py`'s ResNet.

It is the one that the objective chosen by published detectors finds.
"""

_base_ = [
    '../_base_/detectors/gfl_digits.py',
    '../searched/capacity_r50_w16_224/backbone.py',
    '../_base_/datasets/bloodcells_320.py',
    '../_base_/schedules/40e_bloodcells.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    test_cfg=dict(max_per_img=100),
)
