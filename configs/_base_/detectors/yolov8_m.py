"""YOLOv8-m: 25.90 M params with 80 classes."""

_base_ = './yolov8.py'

channels = [192, 384, 576]  # of C3, C4 and C5, in the neck, too

model = dict(
    backbone=dict(
        arch=[
            dict(type='ConvBNAct', in_channels=3, out_channels=48, stride=2, act='silu'),
            dict(type='ConvBNAct', in_channels=48, out_channels=96, stride=2, act='silu'),
            dict(type='C2f', in_channels=96, out_channels=96, num_blocks=2),
            dict(type='ConvBNAct', in_channels=96, out_channels=192, stride=2, act='silu'),
            dict(type='C2f', in_channels=192, out_channels=192, num_blocks=4),
            dict(type='ConvBNAct', in_channels=192, out_channels=384, stride=2, act='silu'),
            dict(type='C2f', in_channels=384, out_channels=384, num_blocks=4),
            dict(type='ConvBNAct', in_channels=384, out_channels=576, stride=2, act='silu'),
            dict(type='C2f', in_channels=576, out_channels=576, num_blocks=2),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=channels, num_blocks=2),
    bbox_head=dict(in_channels=channels),
)
