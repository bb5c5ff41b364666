"""`resnet50_w16.py` with MMDetection's own initialisation, which is `PISBackbone`'s, too.

Residual branches start at zero on both sides of a comparison.
"""

_base_ = './resnet50_w16.py'

backbone = dict(zero_init_residual=True, init_cfg=None)
