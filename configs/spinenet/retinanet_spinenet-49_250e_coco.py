"""RetinaNet with SpineNet-49 on COCO, from scratch, by its authors' protocol A.

Sizes of 0.8 to 1.2, 250 epochs. Its DropBlock is left out.
"""

_base_ = [
    '../_base_/detectors/retinanet_spinenet.py',
    '../_base_/datasets/coco_square_640.py',
    '../_base_/schedules/spinenet_350e.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(
    backbone=dict(size='49'),
)

train_pipeline = list(_base_.train_pipeline)
train_pipeline[2] = dict(
    type='RandomResize', scale=(640, 640), ratio_range=(0.8, 1.2), keep_ratio=True
)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))

train_cfg = dict(max_epochs=250)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.025, by_epoch=False, begin=0, end=8000),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=250, milestones=[220, 240], gamma=0.1),
]
