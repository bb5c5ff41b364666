"""As `pis_digits.py`, but every stage may be of one of ten block families."""

_base_ = ['./pis_digits.py']

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
