"""The backbone that `python tools/search.py configs/pis_yolov5_s_coco.py` finds.

3.512 M params, 3.030 G MACs at 512 x 512, H_btn 8.202, PR score 217.9.
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
        dict(type='Focus', in_channels=3, out_channels=8, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=8, out_channels=32, kernel_size=3, stride=2, act='silu'),
        dict(type='C3', in_channels=32, out_channels=64, num_blocks=2, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=64, out_channels=96, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C3', in_channels=96, out_channels=120, num_blocks=5, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=120, out_channels=152, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C3', in_channels=152, out_channels=232, num_blocks=4, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=232, out_channels=256, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C3', in_channels=256, out_channels=456, num_blocks=3, kernel_size=3, act='silu'),
    ],
)
neck_channels = [120, 232, 456]
