"""MAE-DET-M, as its authors published it (Sun et al., ICML 2022): see README.md.

Printed: 25.8 M params, 89.9 G FLOPs at 1280 x 800. The same as maedet_m.txt, for configs.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=64, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=64, out_channels=120, mid_channels=64,
             num_blocks=2, kernel_size=3, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=120, out_channels=512, mid_channels=72,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=512, out_channels=1632, mid_channels=112,
             num_blocks=10, kernel_size=5, stride=2, act='relu'),
        dict(type='BottleneckStage', in_channels=1632, out_channels=2048, mid_channels=184,
             num_blocks=8, kernel_size=5, stride=2, act='relu'),
    ],
)
neck_channels = [512, 1632, 2048]
