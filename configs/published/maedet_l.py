"""MAE-DET-L, as its authors published it (Sun et al., ICML 2022): see README.md.

Printed: 43.9 M params, 152.9 G FLOPs at 1280 x 800. The same as maedet_l.txt, for configs.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=80, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=80, out_channels=144, mid_channels=80,
             num_blocks=2, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=144, out_channels=608, mid_channels=88,
             num_blocks=12, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=608, out_channels=1912, mid_channels=136,
             num_blocks=12, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=1912, out_channels=2400, mid_channels=220,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [608, 1912, 2400]
