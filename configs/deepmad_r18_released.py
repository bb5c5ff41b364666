"""DeepMAD's search at ResNet-18's size, as its authors released it: see deepmad_r50_released.py."""

_base_ = ['./deepmad_r50_released.py']

constraints = dict(params=dict(max=11.69e6), macs=dict(max=1.82e9))
