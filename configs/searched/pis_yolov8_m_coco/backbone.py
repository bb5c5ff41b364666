"""The backbone that `python tools/search.py configs/pis_yolov8_m_coco.py` finds.

10.904 M params, 10.410 G MACs at 512 x 512, H_btn 9.246, PR score 236.3.
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
        dict(type='ConvBNAct', in_channels=3, out_channels=64, kernel_size=3, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=64, out_channels=88, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=88, out_channels=88, num_blocks=2, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=88, out_channels=168, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=168, out_channels=168, num_blocks=4, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=168, out_channels=336, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=336, out_channels=336, num_blocks=4, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=336, out_channels=648, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=648, out_channels=648, num_blocks=2, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [168, 336, 648]
