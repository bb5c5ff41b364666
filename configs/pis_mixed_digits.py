"""As `pis_digits.py`, but every stage may be a C2f or a run of bottleneck blocks."""

_base_ = ['./pis_digits.py']

space = dict(
    type='MixedSpace',
    choices=['C2f', 'BottleneckStage'],
    kernel_sizes=(3, 5),
)
