"""The backbone that `python tools/search.py configs/pis_r34.py` finds.

19.691 M params, 3.329 G MACs at 224 x 224, H_btn 8.024, PR score 411.7.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=32,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=248, mid_channels=32,
             num_blocks=18, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=248, out_channels=440, mid_channels=48,
             num_blocks=35, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=440, out_channels=440, mid_channels=112,
             num_blocks=35, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=440, out_channels=440, mid_channels=176,
             num_blocks=17, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [248, 440, 440]
