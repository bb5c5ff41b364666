"""GFL with the seed of the demo's search on the embedded digits: what its finalists should beat."""

_base_ = [
    '../_base_/detectors/gfl_digits.py',
    '../_base_/datasets/digits.py',
    '../_base_/schedules/digits.py',
    '../_base_/default_runtime.py',
]

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)
model = dict(
    backbone=dict(
        type='PISBackbone',
        arch=[  # that of `pis_digits.py`
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
        out_indices=(2, 3, 4),
        init_cfg=dict(  # PyTorch's own
            type='Kaiming',
            layer='Conv2d',
            a=5**0.5,
            mode='fan_in',
            nonlinearity='leaky_relu',
            distribution='uniform',
        ),
    ),
    neck=dict(in_channels=[48, 96, 128]),
)
