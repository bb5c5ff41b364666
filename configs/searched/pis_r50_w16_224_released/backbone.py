"""The backbone that `python tools/search.py configs/pis_r50_w16_224_released.py` finds.

1.454 M params, 0.274 G MACs at 224 x 224, H_btn 7.368, PR score 387.5.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=80, mid_channels=8, num_blocks=3,
             kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=80, out_channels=80, mid_channels=16,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=80, out_channels=160, mid_channels=40,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=160, out_channels=200, mid_channels=80,
             num_blocks=4, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [80, 160, 200]
