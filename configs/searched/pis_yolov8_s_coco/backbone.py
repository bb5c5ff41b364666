"""The backbone that `python tools/search.py configs/pis_yolov8_s_coco.py` finds.

4.613 M params, 3.966 G MACs at 512 x 512, H_btn 8.800, PR score 241.9.
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
        dict(type='ConvBNAct', in_channels=32, out_channels=48, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=48, out_channels=56, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=56, out_channels=104, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=104, out_channels=104, num_blocks=4, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=104, out_channels=208, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=208, out_channels=208, num_blocks=5, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=208, out_channels=408, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=408, out_channels=424, num_blocks=2, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [104, 208, 424]
