"""A C3 backbone for YOLOv5-s, within its own params and MACs at 512 x 512 (without its SPPF).

Its H_btn is 8.32, and the floor 0.13 below, as the released one of YOLOv8-s is (8.8 to its 8.93).
"""

_base_ = ['./pis_yolov8_s_coco.py']

space = dict(
    _delete_=True,
    type='C3Space',
    max_channels=1024,
    seed=[
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
)
constraints = dict(
    params=dict(max=3_514_560),
    macs=dict(max=3_145_728_000),
    bottleneck_entropy=dict(min=8.19),
)
detector = dict(base=['_base_/detectors/yolov5_s.py', '_base_/yolo_300e_coco.py'])
