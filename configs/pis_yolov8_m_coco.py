"""A backbone for YOLOv8-m: 13 G MACs at 512x512, 12 M params, H_btn >= 9.12, as released."""

_base_ = ['./pis_yolov8_s_coco.py']

space = dict(
    seed=[
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
)
constraints = dict(
    params=dict(max=12e6),
    macs=dict(max=13e9),
    bottleneck_entropy=dict(min=9.12),
)
detector = dict(base=['_base_/detectors/yolov8_m.py', '_base_/yolov8_500e_coco.py'])
