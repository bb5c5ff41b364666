"""The backbone that `python tools/search.py configs/pis_coco.py` finds.

9.779 M params, 1.687 G MACs at 224 x 224, H_btn 8.008, PR score 397.7.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=32,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=240, mid_channels=24,
             num_blocks=11, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=240, out_channels=456, mid_channels=48,
             num_blocks=20, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=456, out_channels=456, mid_channels=104,
             num_blocks=19, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=456, out_channels=456, mid_channels=144,
             num_blocks=10, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [240, 456, 456]
