"""The backbone that `python tools/search.py configs/capacity_r50_w16_224.py` finds.

1.450 M params, 0.278 G MACs at 224 x 224, H_btn 7.144, PR score 269.2.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='ConvBNAct', in_channels=32, out_channels=32, kernel_size=3, stride=2,
             act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=16,
             num_blocks=3, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=224, mid_channels=24,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=224, out_channels=304, mid_channels=40,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=304, out_channels=800, mid_channels=80,
             num_blocks=5, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [224, 304, 800]
