"""RetinaNet with SpineNet-143 on COCO, from scratch, by its authors' protocol C.

Swish, stochastic depth, 500 epochs.
"""

_base_ = [
    '../_base_/detectors/retinanet_spinenet.py',
    '../_base_/datasets/coco_square_1280.py',
    '../_base_/schedules/spinenet_350e.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(
    backbone=dict(size='143', act='silu', drop_prob=0.2),
    bbox_head=dict(act='silu', anchor_generator=dict(octave_base_scale=4)),
)

train_cfg = dict(max_epochs=500)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.025, by_epoch=False, begin=0, end=8000),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=500, milestones=[475, 490], gamma=0.1),
]
