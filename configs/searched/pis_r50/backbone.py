"""The backbone that `python tools/search.py configs/pis_r50.py` finds.

23.152 M params, 4.128 G MACs at 224 x 224, H_btn 8.028, PR score 413.3.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=104, mid_channels=24,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=104, out_channels=240, mid_channels=40,
             num_blocks=19, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=240, out_channels=600, mid_channels=64,
             num_blocks=38, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=600, out_channels=752, mid_channels=80,
             num_blocks=38, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=752, out_channels=752, mid_channels=96,
             num_blocks=19, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [240, 752, 752]
