"""Number 256 of what `python tools/search.py configs/pis_yolov8_s_coco_released.py` finds.

4.690 M params, 3.834 G MACs at 512 x 512, H_btn 8.803, PR score 233.2.
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
        dict(type='ConvBNAct', in_channels=32, out_channels=40, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=40, out_channels=72, num_blocks=1, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=72, out_channels=104, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=104, out_channels=104, num_blocks=3, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=104, out_channels=208, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=208, out_channels=208, num_blocks=4, kernel_size=3,
             act='silu'),
        dict(type='ConvBNAct', in_channels=208, out_channels=408, kernel_size=3, stride=2,
             act='silu'),
        dict(type='C2f', in_channels=408, out_channels=456, num_blocks=2, kernel_size=3,
             act='silu'),
    ],
)
neck_channels = [104, 208, 456]
