"""The backbone that `python tools/search.py configs/pis_r34.py` finds.

20.457 M params, 3.642 G MACs at 224 x 224, H_btn 8.027, PR score 368.7.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=24,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=216, mid_channels=24,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=216, out_channels=256, mid_channels=216,
             num_blocks=6, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=256, out_channels=272, mid_channels=256,
             num_blocks=5, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=272, out_channels=1088, mid_channels=176,
             num_blocks=3, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [216, 272, 1088]
