"""MAE-DET-S, as its authors published it (Sun et al., ICML 2022): see README.md.

Printed: 21.2 M params, 48.7 G FLOPs at 1280 x 800. The same as maedet_s.txt, for configs.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=32, out_channels=48, mid_channels=32, num_blocks=2,
             kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=48, out_channels=272, mid_channels=120,
             num_blocks=4, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=272, out_channels=1024, mid_channels=80,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=1024, out_channels=2048, mid_channels=240,
             num_blocks=10, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [272, 1024, 2048]
