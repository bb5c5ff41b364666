"""YOLOv6-s v2: 17.22 M params with 80 classes, as it is deployed."""

_base_ = './yolov6.py'

channels = [128, 256, 512]  # of C3, C4 and C5
narrow = [64, 128, 256]  # of the same levels behind the neck

model = dict(
    backbone=dict(
        arch=[
            dict(type='RepVGGBlock', in_channels=3, out_channels=32, stride=2),
            dict(type='RepVGGBlock', in_channels=32, out_channels=64, stride=2),
            dict(type='RepVGGStage', in_channels=64, out_channels=64, num_blocks=2),
            dict(type='RepVGGBlock', in_channels=64, out_channels=128, stride=2),
            dict(type='RepVGGStage', in_channels=128, out_channels=128, num_blocks=4),
            dict(type='RepVGGBlock', in_channels=128, out_channels=256, stride=2),
            dict(type='RepVGGStage', in_channels=256, out_channels=256, num_blocks=6),
            dict(type='RepVGGBlock', in_channels=256, out_channels=512, stride=2),
            dict(type='RepVGGStage', in_channels=512, out_channels=512, num_blocks=2),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=narrow, num_blocks=4),
    bbox_head=dict(in_channels=narrow),
)
