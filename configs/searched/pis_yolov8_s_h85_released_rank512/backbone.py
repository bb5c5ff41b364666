"""Number 512 of what `python tools/search.py configs/pis_yolov8_s_h85_released.py` finds.

4.272 M params, 3.922 G MACs at 512 x 512, H_btn 8.541, PR score 278.6.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=24, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=24, out_channels=40, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=40, out_channels=40, num_blocks=4, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=40, out_channels=80, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=80, out_channels=80, num_blocks=9, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=80, out_channels=160, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=160, out_channels=160, num_blocks=7, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=160, out_channels=320, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=320, out_channels=328, num_blocks=4, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [80, 160, 328]
