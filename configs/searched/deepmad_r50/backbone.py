"""The backbone that `python tools/search.py configs/deepmad_r50.py` finds.

25.474 M params, 4.034 G MACs at 224 x 224, H_btn 8.099, PR score 395.0.
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
        dict(type='BottleneckStage', in_channels=128, out_channels=408, mid_channels=56,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=408, out_channels=768, mid_channels=96,
             num_blocks=13, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=960, mid_channels=96,
             num_blocks=13, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=960, out_channels=1640, mid_channels=168,
             num_blocks=14, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [408, 960, 1640]
