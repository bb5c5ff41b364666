"""DeepMAD's search at ResNet-34's size, as its authors released it: see deepmad_r50_released.py."""

_base_ = ['./deepmad_r50_released.py']

constraints = dict(params=dict(max=21.80e6), macs=dict(max=3.68e9))
