"""The backbone of DAMO-YOLO-L (TinyNAS L45; Xu et al., 2022): see README.md.

16.339 M params and 28.010 G MACs at 640 x 640, without what ``append`` puts on.
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
        dict(type='ResConvCSP', in_channels=128, out_channels=128, mid_channels=96, num_blocks=2,
             kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=128, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=128, out_channels=128, mid_channels=96, num_blocks=4,
             kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=128, out_channels=256, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=256, out_channels=256, mid_channels=384, num_blocks=9,
             kernel_size=3, act='silu'),
        dict(type='ConvBNAct', in_channels=256, out_channels=512, kernel_size=3, stride=2,
             act='silu'),
        dict(type='ResConvCSP', in_channels=512, out_channels=512, mid_channels=384, num_blocks=3,
             kernel_size=3, act='silu'),
    ],
)
neck_channels = [128, 256, 512]
