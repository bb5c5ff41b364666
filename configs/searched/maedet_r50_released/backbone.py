"""The backbone that `python tools/search.py configs/maedet_r50_released.py` finds.

26.950 M params, 18.788 G MACs at 480 x 480, H_btn 8.861, PR score 551.2.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=256, mid_channels=32,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=256, out_channels=552, mid_channels=64,
             num_blocks=7, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=552, out_channels=864, mid_channels=120,
             num_blocks=7, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=864, out_channels=864, mid_channels=128,
             num_blocks=7, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=864, out_channels=2048, mid_channels=216,
             num_blocks=7, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [552, 864, 2048]
