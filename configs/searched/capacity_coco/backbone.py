"""The backbone that `python tools/search.py configs/capacity_coco.py` finds.

6.626 M params, 2.500 G MACs at 224 x 224, H_btn 8.099, PR score 279.2.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=256, mid_channels=40,
             num_blocks=3, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=256, out_channels=768, mid_channels=80,
             num_blocks=10, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=768, mid_channels=96,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=768, mid_channels=96,
             num_blocks=1, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=1200, mid_channels=144,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [768, 768, 1200]
