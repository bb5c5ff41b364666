"""YOLOv8's schedule in 400 epochs: that of YOLOv6-n, -t and -s."""

_base_ = './yolo_300e.py'

max_epochs = 400
mosaic_epochs = max_epochs - 15

train_cfg = dict(max_epochs=max_epochs, dynamic_intervals=[(mosaic_epochs, 1)])
param_scheduler = [
    *_base_.param_scheduler[:2],
    dict(type='LinearLR', start_factor=1.0, end_factor=0.01, begin=0, end=max_epochs),
]
