"""A backbone for YOLOv8-l: 27.4 G MACs at 512x512, 19.2 M params, H_btn >= 9.01, as released."""

_base_ = ['./pis_yolov8_s_coco.py']

space = dict(
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=64, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=64, out_channels=128, stride=2, act='silu'),
        dict(type='C2f', in_channels=128, out_channels=128, num_blocks=3),
        dict(type='ConvBNAct', in_channels=128, out_channels=256, stride=2, act='silu'),
        dict(type='C2f', in_channels=256, out_channels=256, num_blocks=6),
        dict(type='ConvBNAct', in_channels=256, out_channels=512, stride=2, act='silu'),
        dict(type='C2f', in_channels=512, out_channels=512, num_blocks=6),
        dict(type='ConvBNAct', in_channels=512, out_channels=512, stride=2, act='silu'),
        dict(type='C2f', in_channels=512, out_channels=512, num_blocks=3),
    ],
)
constraints = dict(
    params=dict(max=19.2e6),
    macs=dict(max=27.4e9),
    bottleneck_entropy=dict(min=9.01),
)
detector = dict(base=['_base_/detectors/yolov8_l.py', '_base_/yolov8_500e_coco.py'])
