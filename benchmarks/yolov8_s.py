"""The C2f search that the benchmark runs: YOLOv8-s's budgets as in the released code, at 512²."""

_base_ = ['../configs/_base_/search/c2f.py']

image_size = 512
constraints = dict(
    params=dict(type='Params', max=4.8e6),
    macs=dict(type='MACs', max=4.0e9),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.8),
)
detector = dict(base=['../configs/_base_/detectors/gfl_fpn.py'])
