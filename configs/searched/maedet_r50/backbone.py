"""The backbone that `python tools/search.py configs/maedet_r50.py` finds.

10.468 M params, 18.787 G MACs at 480 x 480, H_btn 8.861, PR score 291.2.
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
        dict(type='BottleneckStage', in_channels=128, out_channels=488, mid_channels=64,
             num_blocks=23, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=488, out_channels=488, mid_channels=112,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=488, out_channels=1024, mid_channels=128,
             num_blocks=4, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=1024, out_channels=1280, mid_channels=200,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [488, 1024, 1280]
