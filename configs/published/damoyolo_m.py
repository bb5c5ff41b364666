"""The backbone of DAMO-YOLO-M (TinyNAS L35; Xu et al., 2022): see README.md.

9.181 M params and 15.506 G MACs at 640 x 640, without what ``append`` puts on.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(2, 3, 4),
    append=[dict(type='SPPF', act='silu')],
    arch=[
        dict(type='Focus', in_channels=3, out_channels=32, kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=32, out_channels=128, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=128, out_channels=128, mid_channels=64, num_blocks=1,
             kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=128, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=128, out_channels=128, mid_channels=64, num_blocks=3,
             kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=256, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=256, out_channels=256, mid_channels=256, num_blocks=7,
             kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=256, out_channels=512, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=512, out_channels=512, mid_channels=256, num_blocks=2,
             kernel_size=3, act='silu'),
    ],
)
neck_channels = [128, 256, 512]
