"""The backbone that `python tools/search.py configs/pis_r50_w16_digits.py` finds.

1.480 M params, 0.091 G MACs at 128 x 128, H_btn 6.832, PR score 245.8.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    init_cfg={'type': 'Kaiming', 'layer': 'Conv2d', 'a': 2.23606797749979, 'mode': 'fan_in',
         'nonlinearity': 'leaky_relu', 'distribution': 'uniform'},
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=16, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=16, out_channels=56, mid_channels=16, num_blocks=1,
             kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=56, out_channels=144, mid_channels=16,
             num_blocks=6, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=144, out_channels=240, mid_channels=24,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=240, out_channels=240, mid_channels=56,
             num_blocks=9, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=240, out_channels=240, mid_channels=80,
             num_blocks=5, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [144, 240, 240]
