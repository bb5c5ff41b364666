"""The backbone that `python tools/search.py configs/pis_coco.py` finds.

9.787 M params, 1.687 G MACs at 224 x 224, H_btn 8.014, PR score 392.5.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    zero_init_residual=False,
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=24,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=168, mid_channels=24,
             num_blocks=9, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=168, out_channels=656, mid_channels=72,
             num_blocks=17, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=656, out_channels=656, mid_channels=72,
             num_blocks=16, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=656, out_channels=656, mid_channels=88,
             num_blocks=8, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [168, 656, 656]
