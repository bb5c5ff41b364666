"""A residual backbone for digits, within the params and MACs of ResNet-50 at a quarter width.

The search starts from the released seed at a quarter width, too. That ResNet has an H_btn of 6.93,
and the floor is 0.13 below, as the released one of YOLOv8-s is (8.8 to its 8.93).
There are no other bounds: docs/results/digits.md was measured without.
"""

_base_ = ['./_base_/search/residual.py']

image_size = 128
space = dict(
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
        dict(type='BottleneckStage', in_channels=8, out_channels=64, mid_channels=16, stride=2),
        dict(type='BottleneckStage', in_channels=64, out_channels=128, mid_channels=32, stride=2),
        dict(type='BottleneckStage', in_channels=128, out_channels=192, mid_channels=64, stride=2),
        dict(type='BottleneckStage', in_channels=192, out_channels=256, mid_channels=64),
        dict(type='BottleneckStage', in_channels=256, out_channels=512, mid_channels=128, stride=2),
    ],
)
constraints = dict(
    # Of `_base_/backbones/resnet50_w16.py` at 128 x 128.
    params=dict(type='Params', max=1_480_976),
    macs=dict(type='MACs', max=90_636_288),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=6.8),
)
# As it was searched.
search = dict(algorithm='released', num_candidates=200_000)
detector = dict(
    base=[
        '_base_/detectors/gfl_digits.py',
        '_base_/datasets/digits.py',
        '_base_/schedules/digits.py',
        '_base_/default_runtime.py',
    ],
    # All weights start as those of `_base_/backbones/resnet50_w16.py`, for a fair comparison.
    backbone=dict(
        out_indices=(2, 3, 4),
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
