"""The backbone of DAMO-YOLO-S (TinyNAS L25; Xu et al., 2022): see README.md.

2.884 M params and 7.894 G MACs at 640 x 640, without what ``append`` puts on.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[dict(type='SPPF', act='silu')],
    arch=[
        dict(type='Focus', in_channels=3, out_channels=32, kernel_size=3, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=32, out_channels=128, mid_channels=24,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=128, out_channels=128, mid_channels=88,
             num_blocks=5, kernel_size=3, stride=2, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=128, out_channels=256, mid_channels=128,
             num_blocks=3, kernel_size=3, stride=2, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=256, out_channels=256, mid_channels=120,
             num_blocks=2, kernel_size=3, stride=1, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=256, out_channels=512, mid_channels=144,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [128, 256, 512]
