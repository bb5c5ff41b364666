"""The demo: a small C2f backbone for GFL on the embedded digits, in seconds on a laptop."""

_base_ = ['./_base_/search/c2f.py']

image_size = 128
space = dict(
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=16, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=16, out_channels=32, stride=2, act='silu'),
        dict(type='C2f', in_channels=32, out_channels=32, num_blocks=1),
        dict(type='ConvBNAct', in_channels=32, out_channels=48, stride=2, act='silu'),
        dict(type='C2f', in_channels=48, out_channels=48, num_blocks=2),
        dict(type='ConvBNAct', in_channels=48, out_channels=96, stride=2, act='silu'),
        dict(type='C2f', in_channels=96, out_channels=96, num_blocks=2),
        dict(type='ConvBNAct', in_channels=96, out_channels=128, stride=2, act='silu'),
        dict(type='C2f', in_channels=128, out_channels=128, num_blocks=1),
    ],
)
constraints = dict(
    params=dict(type='Params', max=0.55e6),
    macs=dict(type='MACs', max=45e6),
    layers=dict(type='Layers', max=33),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=6.2),
    effectiveness=dict(type='Effectiveness', max=0.3),  # as in `pis_coco.py`
)
# What `make demo` and README show was found so.
search = dict(algorithm='restarts', restarts=3, num_candidates=50_000)
detector = dict(
    base=[
        '_base_/detectors/gfl_digits.py',
        '_base_/datasets/digits.py',
        '_base_/schedules/digits.py',
        '_base_/default_runtime.py',
    ],
    backbone=dict(
        out_indices=(2, 3, 4),
        # PyTorch's own initialisation: with MMDetection's larger weights AdamW learns more slowly.
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
