"""YOLOv8-n at 224 x 224."""

_base_ = [
    '../_base_/detectors/yolov8_n.py',
    '../_base_/datasets/bloodcells.py',
    '../_base_/schedules/12e_bloodcells.py',
    '../_base_/default_runtime.py',
]

optim_wrapper = dict(optimizer=dict(lr=2e-3))
