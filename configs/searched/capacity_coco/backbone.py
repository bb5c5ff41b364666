"""The backbone that `python tools/search.py configs/capacity_coco.py` finds.

6.714 M params, 2.500 G MACs at 224 x 224, H_btn 8.099, PR score 271.1.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=256, mid_channels=48,
             num_blocks=3, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=256, out_channels=720, mid_channels=72,
             num_blocks=11, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=720, out_channels=744, mid_channels=152,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=744, out_channels=744, mid_channels=104,
             num_blocks=1, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=744, out_channels=1400, mid_channels=144,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [720, 744, 1400]
