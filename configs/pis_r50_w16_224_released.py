"""A residual backbone within the params and MACs of ResNet-50 at a quarter width, at 224 x 224.

As `pis_yolov8_n_224_released.py`: no bounds. The seed has that ResNet's widths and depths, and the
released seed's stem. Its H_btn is 7.49, and the floor is 0.13 below.
"""

_base_ = ['./_base_/search/residual.py']

image_size = 224
space = dict(
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=16, stride=2),
        dict(
            type='BottleneckStage',
            in_channels=16,
            out_channels=64,
            mid_channels=16,
            num_blocks=3,
            stride=2,
        ),
        dict(
            type='BottleneckStage',
            in_channels=64,
            out_channels=128,
            mid_channels=32,
            num_blocks=4,
            stride=2,
        ),
        dict(
            type='BottleneckStage',
            in_channels=128,
            out_channels=256,
            mid_channels=64,
            num_blocks=6,
            stride=2,
        ),
        dict(
            type='BottleneckStage',
            in_channels=256,
            out_channels=512,
            mid_channels=128,
            num_blocks=3,
            stride=2,
        ),
    ],
)
constraints = dict(
    # Of `_base_/backbones/resnet50_w16.py`.
    params=dict(type='Params', max=1_480_976),
    macs=dict(type='MACs', max=277_573_632),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=7.36),
)
detector = dict(
    base=[
        '_base_/detectors/gfl_digits.py',
        '_base_/datasets/bloodcells.py',
        '_base_/schedules/12e_bloodcells.py',
        '_base_/default_runtime.py',
    ],
    backbone=dict(out_indices=(2, 3, 4)),
    options=dict(model=dict(test_cfg=dict(max_per_img=100))),
)
search = dict(algorithm='released', num_candidates=200_000)
