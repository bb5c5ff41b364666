"""The backbone that `python tools/search.py configs/capacity_yolov8_l_coco.py` finds.

8.227 M params, 27.393 G MACs at 512 x 512, H_btn 9.011, PR score 223.3.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=120, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ConvBNAct', in_channels=120, out_channels=120, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=120, out_channels=120, num_blocks=16, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=120, out_channels=200, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=200, out_channels=200, num_blocks=2, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=200, out_channels=304, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=304, out_channels=304, num_blocks=2, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=304, out_channels=512, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=512, out_channels=512, num_blocks=2, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [200, 304, 512]
