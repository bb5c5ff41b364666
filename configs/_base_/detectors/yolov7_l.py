"""YOLOv7-l: 36.93 M params with 80 classes, as it is deployed."""

_base_ = './yolov7.py'

out_channels = [256, 512, 1024]

model = dict(
    backbone=dict(
        arch=[
            dict(type='ConvBNAct', in_channels=3, out_channels=32, act='silu'),
            dict(type='ConvBNAct', in_channels=32, out_channels=64, stride=2, act='silu'),
            dict(type='ConvBNAct', in_channels=64, out_channels=64, act='silu'),
            dict(type='ConvBNAct', in_channels=64, out_channels=128, stride=2, act='silu'),
            dict(type='ELAN', in_channels=128, out_channels=256, mid_channels=64),
            dict(type='MaxPoolTransition', in_channels=256, out_channels=256),
            dict(type='ELAN', in_channels=256, out_channels=512, mid_channels=128),
            dict(type='MaxPoolTransition', in_channels=512, out_channels=512),
            dict(type='ELAN', in_channels=512, out_channels=1024, mid_channels=256),
            dict(type='MaxPoolTransition', in_channels=1024, out_channels=1024),
            dict(type='ELAN', in_channels=1024, out_channels=1024, mid_channels=256),
        ],
    ),
    neck=dict(in_channels=[512, 1024, 1024], out_channels=out_channels),
    bbox_head=dict(
        in_channels=out_channels,
        loss_cls=dict(loss_weight=0.3),
        loss_obj=dict(loss_weight=0.7),
    ),
)
