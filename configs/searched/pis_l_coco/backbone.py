"""The backbone that `python tools/search.py configs/pis_l_coco.py` finds.

2.920 M params, 0.573 G MACs at 224 x 224, H_btn 8.099, PR score 288.9.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=120, mid_channels=32,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=120, out_channels=176, mid_channels=32,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=176, out_channels=576, mid_channels=80,
             num_blocks=4, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=576, out_channels=576, mid_channels=96,
             num_blocks=4, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=576, out_channels=576, mid_channels=96,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [176, 576, 576]
