"""A search in the residual space, from the ResNet-50-like architecture of the released code."""

_base_ = ['./pis.py']

space = dict(
    type='ResidualSpace',
    max_channels=2048,
    kernel_sizes=(3, 5),
    seed=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, stride=2),
        dict(type='BottleneckStage', in_channels=32, out_channels=256, mid_channels=64, stride=2),
        dict(type='BottleneckStage', in_channels=256, out_channels=512, mid_channels=128, stride=2),
        dict(type='BottleneckStage', in_channels=512, out_channels=768, mid_channels=256, stride=2),
        dict(type='BottleneckStage', in_channels=768, out_channels=1024, mid_channels=256),
        dict(
            type='BottleneckStage', in_channels=1024, out_channels=2048, mid_channels=512, stride=2
        ),
    ],
)
