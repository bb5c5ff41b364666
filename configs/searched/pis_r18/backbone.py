"""The backbone that `python tools/search.py configs/pis_r18.py` finds.

10.640 M params, 1.796 G MACs at 224 x 224, H_btn 8.008, PR score 368.6.
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
        dict(type='BottleneckStage', in_channels=128, out_channels=224, mid_channels=24,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=224, out_channels=288, mid_channels=136,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=288, out_channels=288, mid_channels=160,
             num_blocks=7, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=288, out_channels=992, mid_channels=160,
             num_blocks=3, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [224, 288, 992]
