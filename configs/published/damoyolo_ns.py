"""The backbone of DAMO-YOLO-Ns (nano, small; Xu et al., 2022): see README.md.

0.394 M params and 0.873 G MACs at 640 x 640, without what ``append`` puts on.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[dict(type='SPPF', act='silu')],
    arch=[
        dict(type='Focus', in_channels=3, out_channels=16, kernel_size=3, act='silu'),
        dict(type='MobileStage', in_channels=16, out_channels=24, mid_channels=60, num_blocks=1,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=24, out_channels=40, mid_channels=100, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=40, out_channels=64, mid_channels=160, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=64, out_channels=80, mid_channels=200, num_blocks=2,
             kernel_size=5, stride=1, act='silu'),
        dict(type='MobileStage', in_channels=80, out_channels=160, mid_channels=400, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
    ],
)
neck_channels = [40, 80, 160]
