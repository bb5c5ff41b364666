"""The backbone that `python tools/search.py configs/pis_r18.py` finds.

10.898 M params, 1.818 G MACs at 224 x 224, H_btn 8.008, PR score 402.5.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=24,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=192, mid_channels=24,
             num_blocks=13, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=192, out_channels=640, mid_channels=64,
             num_blocks=13, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=640, out_channels=640, mid_channels=72,
             num_blocks=25, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=640, out_channels=640, mid_channels=88,
             num_blocks=12, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [192, 640, 640]
