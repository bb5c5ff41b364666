"""A backbone for YOLOv8-n: 1 G MACs at 512x512, 1.4 M params, H_btn >= 8.3, as released."""

_base_ = ['./pis_yolov8_s_coco.py']

space = dict(
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=16, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=16, out_channels=32, stride=2, act='silu'),
        dict(type='C2f', in_channels=32, out_channels=32, num_blocks=1),
        dict(type='ConvBNAct', in_channels=32, out_channels=64, stride=2, act='silu'),
        dict(type='C2f', in_channels=64, out_channels=64, num_blocks=2),
        dict(type='ConvBNAct', in_channels=64, out_channels=128, stride=2, act='silu'),
        dict(type='C2f', in_channels=128, out_channels=128, num_blocks=2),
        dict(type='ConvBNAct', in_channels=128, out_channels=256, stride=2, act='silu'),
        dict(type='C2f', in_channels=256, out_channels=256, num_blocks=1),
    ],
)
constraints = dict(
    params=dict(max=1.4e6),
    macs=dict(max=1.0e9),
    bottleneck_entropy=dict(min=8.3),
)
detector = dict(base=['_base_/detectors/yolov8_n.py', '_base_/yolov8_500e_coco.py'])
