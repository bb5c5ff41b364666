"""GFL with a searched backbone of the size and depth of `gfl_r50-w16_fpn_5e_digits.py`'s."""

_base_ = [
    '../_base_/detectors/gfl_digits.py',
    '../searched/pis_r50_w16_l49_digits/backbone.py',
    '../_base_/datasets/digits.py',
    '../_base_/schedules/digits.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))
