"""`resnet50_w16.py` with MMDetection's own initialisation, which is `PISBackbone`'s, too."""

_base_ = './resnet50_w16.py'

backbone = dict(init_cfg=None)
