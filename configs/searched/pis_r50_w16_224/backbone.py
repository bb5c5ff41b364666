"""The backbone that `python tools/search.py configs/pis_r50_w16_224.py` finds.

1.455 M params, 0.270 G MACs at 224 x 224, H_btn 7.406, PR score 354.8.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=8, kernel_size=3, stride=2, act='relu'),
        dict(type='ConvBNAct', in_channels=8, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=112, mid_channels=32,
             num_blocks=1, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=112, out_channels=144, mid_channels=16,
             num_blocks=5, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=144, out_channels=312, mid_channels=40,
             num_blocks=7, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=312, out_channels=768, mid_channels=88,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [144, 312, 768]
