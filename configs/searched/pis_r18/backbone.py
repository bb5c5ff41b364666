"""The backbone that `python tools/search.py configs/pis_r18.py` finds.

10.906 M params, 1.812 G MACs at 224 x 224, H_btn 8.012, PR score 368.6.
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
        dict(type='BottleneckStage', in_channels=128, out_channels=216, mid_channels=24,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=216, out_channels=264, mid_channels=104,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=264, out_channels=264, mid_channels=176,
             num_blocks=7, kernel_size=5, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=264, out_channels=768, mid_channels=176,
             num_blocks=3, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [216, 264, 768]
