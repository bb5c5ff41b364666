"""YOLOv7-tiny on the embedded digits, in a few minutes on a CPU."""

_base_ = [
    '../_base_/detectors/yolov7_tiny.py',
    '../_base_/datasets/digits.py',
    '../_base_/schedules/digits.py',
    '../_base_/default_runtime.py',
]

model = dict(bbox_head=dict(num_classes=10))
optim_wrapper = dict(optimizer=dict(lr=2e-3))
