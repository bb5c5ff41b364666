"""The backbone of DAMO-YOLO-T (TinyNAS L20; Xu et al., 2022): see README.md.

1.801 M params and 3.801 G MACs at 640 x 640, without what ``append`` puts on.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[dict(type='SPPF', act='silu')],
    arch=[
        dict(type='Focus', in_channels=3, out_channels=24, kernel_size=3, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=24, out_channels=64, mid_channels=24,
             num_blocks=2, kernel_size=3, stride=2, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=64, out_channels=96, mid_channels=64,
             num_blocks=2, kernel_size=3, stride=2, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=96, out_channels=192, mid_channels=96,
             num_blocks=2, kernel_size=3, stride=2, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=192, out_channels=192, mid_channels=152,
             num_blocks=2, kernel_size=3, stride=1, act='relu'),
        dict(type='PointwiseResConvStage', in_channels=192, out_channels=384, mid_channels=192,
             num_blocks=1, kernel_size=3, stride=2, act='relu'),
    ],
)
neck_channels = [96, 192, 384]
