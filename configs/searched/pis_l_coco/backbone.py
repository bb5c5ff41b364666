"""The backbone that `python tools/search.py configs/pis_l_coco.py` finds.

29.089 M params, 6.443 G MACs at 224 x 224, H_btn 8.033, PR score 414.9.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=40,
             num_blocks=3, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=176, mid_channels=64,
             num_blocks=20, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=176, out_channels=576, mid_channels=88,
             num_blocks=39, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=576, out_channels=576, mid_channels=96,
             num_blocks=40, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=576, out_channels=688, mid_channels=88,
             num_blocks=20, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [176, 576, 688]
