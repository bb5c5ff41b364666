"""The backbone of DAMO-YOLO-Nl (nano, large; Xu et al., 2022): see README.md.

1.696 M params and 3.136 G MACs at 640 x 640, without what ``append`` puts on.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[dict(type='SPPF', act='silu')],
    arch=[
        dict(type='Focus', in_channels=3, out_channels=24, kernel_size=3, act='silu'),
        dict(type='MobileStage', in_channels=24, out_channels=48, mid_channels=120, num_blocks=1,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=48, out_channels=80, mid_channels=200, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=80, out_channels=160, mid_channels=400, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=160, out_channels=160, mid_channels=400, num_blocks=3,
             kernel_size=5, stride=1, act='silu'),
        dict(type='MobileStage', in_channels=160, out_channels=320, mid_channels=800, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
    ],
)
neck_channels = [80, 160, 320]
