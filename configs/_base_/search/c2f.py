"""A search in the C2f space, from YOLOv8-s's backbone without its SPPF."""

_base_ = ['./pis.py']

space = dict(
    type='C2fSpace',
    max_channels=1024,
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, stride=2, act='silu'),
        dict(type='ConvBNAct', in_channels=32, out_channels=64, stride=2, act='silu'),
        dict(type='C2f', in_channels=64, out_channels=64, num_blocks=1),
        dict(type='ConvBNAct', in_channels=64, out_channels=128, stride=2, act='silu'),
        dict(type='C2f', in_channels=128, out_channels=128, num_blocks=2),
        dict(type='ConvBNAct', in_channels=128, out_channels=256, stride=2, act='silu'),
        dict(type='C2f', in_channels=256, out_channels=256, num_blocks=2),
        dict(type='ConvBNAct', in_channels=256, out_channels=512, stride=2, act='silu'),
        dict(type='C2f', in_channels=512, out_channels=512, num_blocks=1),
    ],
)
