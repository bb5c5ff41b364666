"""The backbone that `python tools/search.py configs/pis_r50_w16_224.py` finds.

0.730 M params, 0.256 G MACs at 224 x 224, H_btn 7.603, PR score 255.8.
Written by tools/dev/search_all.py; see metafile.yml.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=16, kernel_size=3, stride=2, act='relu'),
        dict(type='ConvBNAct', in_channels=16, out_channels=32, kernel_size=3, stride=2,
             act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=56, mid_channels=40, num_blocks=2,
             kernel_size=3, stride=1, act='relu'),
        dict(type='BottleneckStage', in_channels=56, out_channels=128, mid_channels=24,
             num_blocks=4, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=128, out_channels=320, mid_channels=48,
             num_blocks=4, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=320, out_channels=320, mid_channels=64,
             num_blocks=2, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [128, 320, 320]
