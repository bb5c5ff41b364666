"""A C3 backbone for YOLOv5-s, within its own params and MACs at 512 x 512 (without its SPPF).

Its H_btn is 8.32, and the floor 0.13 below, as the released one of YOLOv8-s is (8.8 to its 8.93).
"""

_base_ = ['./_base_/search/pis.py']

image_size = 512
space = dict(
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
    params=dict(type='Params', max=3_514_560),
    macs=dict(type='MACs', max=3_145_728_000),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.19),
    # Where trained detectors lie, and nothing beyond is known.
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
detector = dict(
    base=['_base_/detectors/yolov5_s.py', '_base_/yolo_300e_coco.py'],
    # As in `_base_/detectors/yolov8.py`, of whose own backbone nothing stays.
    backbone=dict(
        append=[dict(type='SPPF')],
        out_indices=(2, 3, 4),
        norm_cfg=dict(type='BN', eps=1e-3, momentum=0.03, requires_grad=True),
        init_cfg=dict(
            type='Kaiming',
            layer='Conv2d',
            a=5**0.5,
            mode='fan_in',
            nonlinearity='leaky_relu',
            distribution='uniform',
        ),
    ),
)
