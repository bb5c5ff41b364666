"""RetinaNet with SpineNet-143 on COCO, from scratch, by its authors' protocol B."""

_base_ = [
    '../_base_/detectors/retinanet_spinenet.py',
    '../_base_/datasets/coco_square_1280.py',
    '../_base_/schedules/spinenet_350e.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)

model = dict(
    backbone=dict(size='143'),
    bbox_head=dict(anchor_generator=dict(octave_base_scale=4)),
)
