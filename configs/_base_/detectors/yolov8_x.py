"""YOLOv8-x: 68.23 M params with 80 classes."""

_base_ = './yolov8.py'

channels = [320, 640, 640]  # of C3, C4 and C5, in the neck, too

model = dict(
    backbone=dict(
        arch=[
            dict(type='ConvBNAct', in_channels=3, out_channels=80, stride=2, act='silu'),
            dict(type='ConvBNAct', in_channels=80, out_channels=160, stride=2, act='silu'),
            dict(type='C2f', in_channels=160, out_channels=160, num_blocks=3),
            dict(type='ConvBNAct', in_channels=160, out_channels=320, stride=2, act='silu'),
            dict(type='C2f', in_channels=320, out_channels=320, num_blocks=6),
            dict(type='ConvBNAct', in_channels=320, out_channels=640, stride=2, act='silu'),
            dict(type='C2f', in_channels=640, out_channels=640, num_blocks=6),
            dict(type='ConvBNAct', in_channels=640, out_channels=640, stride=2, act='silu'),
            dict(type='C2f', in_channels=640, out_channels=640, num_blocks=3),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=channels, num_blocks=3),
    bbox_head=dict(in_channels=channels),
)
