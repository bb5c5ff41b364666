"""The backbone that `python tools/search.py configs/capacity_yolov8_n_coco.py` finds.

1.039 M params, 0.999 G MACs at 512 x 512, H_btn 8.302, PR score 190.4.
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
        dict(type='C2f', in_channels=32, out_channels=40, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=40, out_channels=64, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=64, out_channels=64, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=64, out_channels=128, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=128, out_channels=136, num_blocks=1, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=136, out_channels=248, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=248, out_channels=256, num_blocks=1, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [64, 136, 256]
