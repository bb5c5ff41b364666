"""ResNet-101 without pre-trained weights: see `resnet50.py`."""

_base_ = './resnet50.py'

backbone = dict(depth=101)
