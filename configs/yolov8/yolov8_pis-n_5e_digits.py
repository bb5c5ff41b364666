"""YOLOv8-n's neck and head with a searched backbone of its size on the embedded digits."""

_base_ = [
    '../_base_/detectors/yolov8_n.py',
    '../searched/pis_yolov8_n_digits/backbone.py',
    '../_base_/datasets/digits.py',
    '../_base_/schedules/digits.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    bbox_head=dict(num_classes=10),
)
optim_wrapper = dict(optimizer=dict(lr=2e-3))  # as in `yolov8_n_5e_digits.py`
