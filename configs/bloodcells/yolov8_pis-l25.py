"""YOLOv8-n's neck and head at 224 x 224 with a backbone of its size.

It is the one that the paper's objective finds within the range of published detectors and with no
more layers than YOLOv8-n has.
"""

_base_ = [
    '../_base_/detectors/yolov8_n.py',
    '../searched/pis_yolov8_n_l25_224/backbone.py',
    '../_base_/datasets/bloodcells.py',
    '../_base_/schedules/12e_bloodcells.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
)
optim_wrapper = dict(optimizer=dict(lr=2e-3))  # as in `yolov8_n.py`
