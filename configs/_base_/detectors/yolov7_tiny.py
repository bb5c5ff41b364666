"""YOLOv7-tiny: 6.23 M params with 80 classes, as it is deployed."""

_base_ = './yolov7.py'

channels = [128, 256, 512]  # of C3, C4 and C5, in the neck, too

model = dict(
    backbone=dict(
        arch=[
            dict(type='ConvBNAct', in_channels=3, out_channels=32, stride=2, act='leaky_relu'),
            dict(type='ConvBNAct', in_channels=32, out_channels=64, stride=2, act='leaky_relu'),
            dict(type='ELANW', in_channels=64, out_channels=64, act='leaky_relu'),
            dict(type='ELANW', in_channels=64, out_channels=128, stride=2, act='leaky_relu'),
            dict(type='ELANW', in_channels=128, out_channels=256, stride=2, act='leaky_relu'),
            dict(type='ELANW', in_channels=256, out_channels=512, stride=2, act='leaky_relu'),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=channels, tiny=True, act='leaky_relu'),
    bbox_head=dict(in_channels=channels),
)
