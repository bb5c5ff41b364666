"""YOLOv6-n v2: 4.32 M params with 80 classes, as it is deployed."""

_base_ = './yolov6.py'

channels = [64, 128, 256]  # of C3, C4 and C5
narrow = [32, 64, 128]  # of the same levels behind the neck

model = dict(
    backbone=dict(
        arch=[
            dict(type='RepVGGBlock', in_channels=3, out_channels=16, stride=2),
            dict(type='RepVGGBlock', in_channels=16, out_channels=32, stride=2),
            dict(type='RepVGGStage', in_channels=32, out_channels=32, num_blocks=2),
            dict(type='RepVGGBlock', in_channels=32, out_channels=64, stride=2),
            dict(type='RepVGGStage', in_channels=64, out_channels=64, num_blocks=4),
            dict(type='RepVGGBlock', in_channels=64, out_channels=128, stride=2),
            dict(type='RepVGGStage', in_channels=128, out_channels=128, num_blocks=6),
            dict(type='RepVGGBlock', in_channels=128, out_channels=256, stride=2),
            dict(type='RepVGGStage', in_channels=256, out_channels=256, num_blocks=2),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=narrow, num_blocks=4),
    bbox_head=dict(in_channels=narrow, loss_bbox=dict(type='SIoULoss', loss_weight=2.5)),
)
