"""The backbone that `python tools/search.py configs/pis_yolov8_l_coco.py` finds.

18.938 M params, 17.609 G MACs at 512 x 512, H_btn 9.374, PR score 258.1.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=80, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=80, out_channels=96, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=96, out_channels=96, num_blocks=3, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=96, out_channels=192, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=192, out_channels=192, num_blocks=6, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=192, out_channels=368, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=368, out_channels=368, num_blocks=6, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=368, out_channels=720, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=720, out_channels=768, num_blocks=3, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [192, 368, 768]
