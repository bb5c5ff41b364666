"""The backbone that `python tools/search.py configs/pis_r50_w16_l49_digits.py` finds.

1.252 M params, 0.089 G MACs at 128 x 128, H_btn 6.844, PR score 229.3.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    init_cfg={'type': 'Kaiming', 'layer': 'Conv2d', 'a': 2.23606797749979, 'mode': 'fan_in',
         'nonlinearity': 'leaky_relu', 'distribution': 'uniform'},
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=120, mid_channels=16,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=120, out_channels=144, mid_channels=16,
             num_blocks=3, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=144, out_channels=344, mid_channels=40,
             num_blocks=5, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=344, out_channels=344, mid_channels=40,
             num_blocks=5, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=344, out_channels=432, mid_channels=48,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [144, 344, 432]
