"""The backbone that `python tools/search.py configs/capacity_yolov8_s_coco.py` finds.

2.845 M params, 3.985 G MACs at 512 x 512, H_btn 8.803, PR score 189.9.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=88, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=88, out_channels=88, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=88, out_channels=88, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=88, out_channels=88, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=88, out_channels=128, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=208, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=208, out_channels=208, num_blocks=1, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=208, out_channels=416, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=416, out_channels=416, num_blocks=1, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [128, 208, 416]
