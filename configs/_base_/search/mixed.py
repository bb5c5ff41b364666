"""A mixed search: a stem, then a strided convolution and a stage of one of ten families each.

The seed is that of `c2f.py`. `choices` are families that may take each other's place.
"""

_base_ = ['./c2f.py']

space = dict(
    type='MixedSpace',
    choices=[
        'C2f',
        'C3',
        'ELAN',
        'CSPNeXtStage',
        'BottleneckStage',
        'BasicStage',
        'PointwiseBasicStage',
        'RepVGGStage',
        'InvertedResidualStage',
        'ConvNeXtStage',
    ],
    kernel_sizes=(3, 5, 7),
)
