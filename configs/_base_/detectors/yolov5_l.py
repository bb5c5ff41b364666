"""YOLOv5-l: 46.56 M params with 80 classes."""

_base_ = './yolov5.py'

channels = [256, 512, 1024]  # of C3, C4 and C5, in the neck, too

model = dict(
    backbone=dict(
        arch=[
            dict(type='Focus', in_channels=3, out_channels=64),
            dict(type='ConvBNAct', in_channels=64, out_channels=128, stride=2, act='silu'),
            dict(type='C3', in_channels=128, out_channels=128, num_blocks=3),
            dict(type='ConvBNAct', in_channels=128, out_channels=256, stride=2, act='silu'),
            dict(type='C3', in_channels=256, out_channels=256, num_blocks=6),
            dict(type='ConvBNAct', in_channels=256, out_channels=512, stride=2, act='silu'),
            dict(type='C3', in_channels=512, out_channels=512, num_blocks=9),
            dict(type='ConvBNAct', in_channels=512, out_channels=1024, stride=2, act='silu'),
            dict(type='C3', in_channels=1024, out_channels=1024, num_blocks=3),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=channels, num_blocks=3),
    bbox_head=dict(in_channels=channels),
)
