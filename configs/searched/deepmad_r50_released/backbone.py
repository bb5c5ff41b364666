"""The backbone that `python tools/search.py configs/deepmad_r50_released.py` finds.

25.189 M params, 4.116 G MACs at 224 x 224, H_btn 8.099, PR score 391.6.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=48,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=512, mid_channels=56,
             num_blocks=9, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=512, out_channels=768, mid_channels=80,
             num_blocks=15, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=768, mid_channels=96,
             num_blocks=16, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=2048, mid_channels=208,
             num_blocks=9, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [512, 768, 2048]
