"""The backbone that `python tools/search.py configs/capacity_yolov8_l_coco.py` finds.

7.715 M params, 27.397 G MACs at 512 x 512, H_btn 9.011, PR score 225.4.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=128, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=128, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=128, out_channels=128, num_blocks=14, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=144, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=144, out_channels=184, num_blocks=3, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=184, out_channels=264, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=264, out_channels=264, num_blocks=2, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=264, out_channels=512, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=512, out_channels=512, num_blocks=2, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [184, 264, 512]
