"""YOLOv6-t v2: 9.70 M params with 80 classes, as it is deployed."""

_base_ = './yolov6.py'

channels = [96, 192, 384]  # of C3, C4 and C5
narrow = [48, 96, 192]  # of the same levels behind the neck

model = dict(
    backbone=dict(
        arch=[
            dict(type='RepVGGBlock', in_channels=3, out_channels=24, stride=2),
            dict(type='RepVGGBlock', in_channels=24, out_channels=48, stride=2),
            dict(type='RepVGGStage', in_channels=48, out_channels=48, num_blocks=2),
            dict(type='RepVGGBlock', in_channels=48, out_channels=96, stride=2),
            dict(type='RepVGGStage', in_channels=96, out_channels=96, num_blocks=4),
            dict(type='RepVGGBlock', in_channels=96, out_channels=192, stride=2),
            dict(type='RepVGGStage', in_channels=192, out_channels=192, num_blocks=6),
            dict(type='RepVGGBlock', in_channels=192, out_channels=384, stride=2),
            dict(type='RepVGGStage', in_channels=384, out_channels=384, num_blocks=2),
        ],
    ),
    neck=dict(in_channels=channels, out_channels=narrow, num_blocks=4),
    bbox_head=dict(in_channels=narrow, loss_bbox=dict(type='SIoULoss', loss_weight=2.5)),
)
