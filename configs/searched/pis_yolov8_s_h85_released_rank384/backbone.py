"""Number 384 of what `python tools/search.py configs/pis_yolov8_s_h85_released.py` finds.

4.707 M params, 3.947 G MACs at 512 x 512, H_btn 8.521, PR score 284.8.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=32, out_channels=32, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=32, out_channels=48, num_blocks=4, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=48, out_channels=80, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=80, out_channels=80, num_blocks=6, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=80, out_channels=160, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=160, out_channels=160, num_blocks=7, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=160, out_channels=304, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=304, out_channels=328, num_blocks=5, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [80, 160, 328]
