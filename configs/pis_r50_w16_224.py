"""`pis_r50_w16_224_released.py` within the range of published detectors, and with another stem.

See `pis_yolov8_n_224.py` for the bounds. The seed's stem are two strided convolutions instead of a
convolution and a strided block, and its params and MACs within 2 % of the ResNet's. The floor of
H_btn is 0.13 below the 6.80 that the ResNet has with its own stem, which ends at stride 4, too.
"""

_base_ = ['./pis_r50_w16_224_released.py']

space = dict(
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=24, stride=2),
        dict(type='ConvBNAct', in_channels=24, out_channels=24, stride=2),
        dict(
            type='BottleneckStage', in_channels=24, out_channels=64, mid_channels=16, num_blocks=3
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
            out_channels=504,
            mid_channels=128,
            num_blocks=3,
            stride=2,
        ),
    ],
)
constraints = dict(
    params=dict(min=1_436_547),
    macs=dict(min=269_246_423),
    bottleneck_entropy=dict(min=6.67),
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
search = dict(algorithm='restarts', restarts=3, num_candidates=500_000)  # as it was searched
