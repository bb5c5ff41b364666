"""YOLOv8-n at 320 x 320."""

_base_ = [
    '../_base_/detectors/yolov8_n.py',
    '../_base_/datasets/aquarium.py',
    '../_base_/schedules/100e_aquarium.py',
    '../_base_/default_runtime.py',
]

optim_wrapper = dict(optimizer=dict(lr=2e-3))
