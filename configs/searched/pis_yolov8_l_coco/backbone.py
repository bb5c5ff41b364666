"""The backbone that `python tools/search.py configs/pis_yolov8_l_coco.py` finds.

19.094 M params, 27.393 G MACs at 512 x 512, H_btn 9.011, PR score 290.2.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=40, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=40, out_channels=40, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=40, out_channels=176, num_blocks=3, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=176, out_channels=208, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=208, out_channels=224, num_blocks=7, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=224, out_channels=368, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=368, out_channels=400, num_blocks=8, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=400, out_channels=512, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=512, out_channels=512, num_blocks=5, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [224, 400, 512]
