"""The backbone of DAMO-YOLO-Nm (nano, middle; Xu et al., 2022): see README.md.

0.639 M params and 1.958 G MACs at 640 x 640, without what ``append`` puts on.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[dict(type='SPPF', act='silu')],
    arch=[
        dict(type='Focus', in_channels=3, out_channels=16, kernel_size=3, act='silu'),
        dict(type='MobileStage', in_channels=16, out_channels=40, mid_channels=100, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=40, out_channels=64, mid_channels=160, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=64, out_channels=112, mid_channels=280, num_blocks=2,
             kernel_size=5, stride=2, act='silu'),
        dict(type='MobileStage', in_channels=112, out_channels=128, mid_channels=320, num_blocks=2,
             kernel_size=5, stride=1, act='silu'),
        dict(type='MobileStage', in_channels=128, out_channels=256, mid_channels=640, num_blocks=1,
             kernel_size=5, stride=2, act='silu'),
    ],
)
neck_channels = [64, 128, 256]
