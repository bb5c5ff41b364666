"""YOLOv8-n's neck and head at 320 x 320 with a backbone of its size.

It is the one that the paper's unbounded search finds.
"""

_base_ = [
    '../_base_/detectors/yolov8_n.py',
    '../searched/pis_yolov8_n_224_released/backbone.py',
    '../_base_/datasets/aquarium.py',
    '../_base_/schedules/100e_aquarium.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
)
optim_wrapper = dict(optimizer=dict(lr=2e-3))  # as in `yolov8_n.py`
