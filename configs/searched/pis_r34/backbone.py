"""The backbone that `python tools/search.py configs/pis_r34.py` finds.

19.779 M params, 3.563 G MACs at 224 x 224, H_btn 8.022, PR score 368.7.
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
        dict(type='BottleneckStage', in_channels=128, out_channels=232, mid_channels=24,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=232, out_channels=272, mid_channels=192,
             num_blocks=6, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=272, out_channels=296, mid_channels=272,
             num_blocks=5, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=296, out_channels=1184, mid_channels=160,
             num_blocks=3, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [232, 296, 1184]
