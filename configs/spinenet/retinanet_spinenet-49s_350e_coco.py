"""RetinaNet with SpineNet-49S on COCO, from scratch, by its authors' protocol B."""

_base_ = [
    '../_base_/detectors/retinanet_spinenet.py',
    '../_base_/datasets/coco_square_640.py',
    '../_base_/schedules/spinenet_350e.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(
    backbone=dict(size='49S'),
    bbox_head=dict(in_channels=128, feat_channels=128),
)
