"""The backbone that `python tools/search.py configs/pis_r50.py` finds.

20.670 M params, 3.748 G MACs at 224 x 224, H_btn 8.014, PR score 414.4.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    zero_init_residual=False,
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=40,
             num_blocks=3, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=168, mid_channels=40,
             num_blocks=19, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=168, out_channels=496, mid_channels=72,
             num_blocks=38, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=496, out_channels=496, mid_channels=96,
             num_blocks=38, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=496, out_channels=624, mid_channels=152,
             num_blocks=19, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [168, 496, 624]
