"""YOLOv5-s: 7.24 M params with 80 classes."""

_base_ = './yolov5.py'

channels = [128, 256, 512]  # of C3, C4 and C5, in the neck, too

model = dict(
    backbone=dict(
        arch=[
            dict(type='Focus', in_channels=3, out_channels=32),
            dict(type='ConvBNAct', in_channels=32, out_channels=64, stride=2, act='silu'),
            dict(type='C3', in_channels=64, out_channels=64, num_blocks=1),
            dict(type='ConvBNAct', in_channels=64, out_channels=128, stride=2, act='silu'),
            dict(type='C3', in_channels=128, out_channels=128, num_blocks=2),
            dict(type='ConvBNAct', in_channels=128, out_channels=256, stride=2, act='silu'),
            dict(type='C3', in_channels=256, out_channels=256, num_blocks=3),
            dict(type='ConvBNAct', in_channels=256, out_channels=512, stride=2, act='silu'),
            dict(type='C3', in_channels=512, out_channels=512, num_blocks=1),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=channels, num_blocks=1),
    bbox_head=dict(in_channels=channels),
)
