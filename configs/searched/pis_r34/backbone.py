"""The backbone that `python tools/search.py configs/pis_r34.py` finds.

21.493 M params, 3.615 G MACs at 224 x 224, H_btn 8.061, PR score 412.9.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    zero_init_residual=False,
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=128, mid_channels=40,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=216, mid_channels=32,
             num_blocks=18, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=216, out_channels=640, mid_channels=64,
             num_blocks=36, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=640, out_channels=640, mid_channels=80,
             num_blocks=36, kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=640, out_channels=640, mid_channels=152,
             num_blocks=18, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [216, 640, 640]
