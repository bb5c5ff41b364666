"""YOLOv8's schedule in 300 epochs: YOLOv5's and YOLOv7's, and that of YOLOv6-m."""

_base_ = './yolov8_500e.py'

max_epochs = 300
mosaic_epochs = max_epochs - 15  # the last ones see single images

train_cfg = dict(max_epochs=max_epochs, dynamic_intervals=[(mosaic_epochs, 1)])
param_scheduler = [
    *_base_.param_scheduler[:2],  # the warm-up
    dict(type='LinearLR', start_factor=1.0, end_factor=0.01, begin=0, end=max_epochs),
]
