"""The backbone that `python tools/search.py configs/pis_r50.py` finds.

21.786 M params, 4.091 G MACs at 224 x 224, H_btn 8.022, PR score 368.8.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=256, mid_channels=32,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=256, out_channels=296, mid_channels=32,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=296, out_channels=296, mid_channels=192,
             num_blocks=6, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=296, out_channels=296, mid_channels=296,
             num_blocks=5, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=296, out_channels=1176, mid_channels=160,
             num_blocks=3, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [296, 296, 1176]
