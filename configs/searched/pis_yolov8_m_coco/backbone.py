"""The backbone that `python tools/search.py configs/pis_yolov8_m_coco.py` finds.

11.989 M params, 11.636 G MACs at 512 x 512, H_btn 9.122, PR score 267.4.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=48, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=48, out_channels=64, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=64, out_channels=80, num_blocks=3, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=80, out_channels=144, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=144, out_channels=144, num_blocks=7, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=144, out_channels=288, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=288, out_channels=288, num_blocks=8, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=288, out_channels=568, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=568, out_channels=576, num_blocks=3, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [144, 288, 576]
