"""YOLOv6-m v2: 34.25 M params with 80 classes, as it is deployed."""

_base_ = './yolov6.py'

channels = [192, 384, 768]  # of C3, C4 and C5
narrow = [96, 192, 384]  # of the same levels behind the neck

model = dict(
    backbone=dict(
        arch=[
            dict(type='RepVGGBlock', in_channels=3, out_channels=48, stride=2),
            dict(type='RepVGGBlock', in_channels=48, out_channels=96, stride=2),
            dict(type='BepC3', in_channels=96, out_channels=96, mid_channels=64, num_blocks=2),
            dict(type='RepVGGBlock', in_channels=96, out_channels=192, stride=2),
            dict(type='BepC3', in_channels=192, out_channels=192, mid_channels=128, num_blocks=3),
            dict(type='RepVGGBlock', in_channels=192, out_channels=384, stride=2),
            dict(type='BepC3', in_channels=384, out_channels=384, mid_channels=256, num_blocks=5),
            dict(type='RepVGGBlock', in_channels=384, out_channels=768, stride=2),
            dict(type='BepC3', in_channels=768, out_channels=768, mid_channels=512, num_blocks=2),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=narrow, num_blocks=3, inner_width=2 / 3),
    bbox_head=dict(in_channels=narrow),
)
