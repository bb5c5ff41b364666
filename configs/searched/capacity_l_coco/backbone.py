"""The backbone that `python tools/search.py configs/capacity_l_coco.py` finds.

12.066 M params, 6.500 G MACs at 224 x 224, H_btn 8.099, PR score 283.1.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=256, mid_channels=144,
             num_blocks=3, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=256, out_channels=1024, mid_channels=104,
             num_blocks=12, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=1024, out_channels=1048, mid_channels=112,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=1048, out_channels=1056, mid_channels=120,
             num_blocks=1, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=1056, out_channels=1320, mid_channels=184,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [1024, 1056, 1320]
