"""The backbone that `python tools/search.py configs/pis_yolov8_n_l25_224.py` finds.

1.077 M params, 0.181 G MACs at 224 x 224, H_btn 7.392, PR score 216.3.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[{'type': 'SPPF'}],
    norm_cfg={'type': 'BN', 'eps': 0.001, 'momentum': 0.03, 'requires_grad': True},
    init_cfg={'type': 'Kaiming', 'layer': 'Conv2d', 'a': 2.23606797749979, 'mode': 'fan_in',
         'nonlinearity': 'leaky_relu', 'distribution': 'uniform'},
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=8, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=8, out_channels=24, kernel_size=3, stride=2, act='silu'),
        dict(type='C2f', in_channels=24, out_channels=40, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=40, out_channels=64, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=64, out_channels=64, num_blocks=2, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=64, out_channels=112, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=112, out_channels=120, num_blocks=2, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=120, out_channels=248, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=248, out_channels=264, num_blocks=1, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [64, 120, 264]
