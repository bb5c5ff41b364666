"""The backbone that `python tools/search.py configs/pis_l_coco.py` finds.

32.367 M params, 6.229 G MACs at 224 x 224, H_btn 8.042, PR score 416.3.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    zero_init_residual=False,
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=32,
             num_blocks=1, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=160, mid_channels=64,
             num_blocks=20, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=160, out_channels=616, mid_channels=80,
             num_blocks=40, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=616, out_channels=768, mid_channels=80,
             num_blocks=40, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=768, out_channels=768, mid_channels=176,
             num_blocks=20, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [160, 768, 768]
