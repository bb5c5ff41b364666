"""YOLOv5-m: 21.19 M params with 80 classes."""

_base_ = './yolov5.py'

channels = [192, 384, 768]  # of C3, C4 and C5, in the neck, too

model = dict(
    backbone=dict(
        arch=[
            dict(type='Focus', in_channels=3, out_channels=48),
            dict(type='ConvBNAct', in_channels=48, out_channels=96, stride=2, act='silu'),
            dict(type='C3', in_channels=96, out_channels=96, num_blocks=2),
            dict(type='ConvBNAct', in_channels=96, out_channels=192, stride=2, act='silu'),
            dict(type='C3', in_channels=192, out_channels=192, num_blocks=4),
            dict(type='ConvBNAct', in_channels=192, out_channels=384, stride=2, act='silu'),
            dict(type='C3', in_channels=384, out_channels=384, num_blocks=6),
            dict(type='ConvBNAct', in_channels=384, out_channels=768, stride=2, act='silu'),
            dict(type='C3', in_channels=768, out_channels=768, num_blocks=2),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=channels, num_blocks=2),
    bbox_head=dict(in_channels=channels),
)
