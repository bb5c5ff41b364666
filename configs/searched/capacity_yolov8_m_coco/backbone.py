"""The backbone that `python tools/search.py configs/capacity_yolov8_m_coco.py` finds.

7.893 M params, 12.995 G MACs at 512 x 512, H_btn 9.121, PR score 222.9.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=104, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ConvBNAct', in_channels=104, out_channels=104, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=104, out_channels=104, num_blocks=7, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=104, out_channels=144, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=144, out_channels=160, num_blocks=2, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=160, out_channels=288, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=288, out_channels=288, num_blocks=2, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=288, out_channels=560, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=560, out_channels=584, num_blocks=2, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [160, 288, 584]
