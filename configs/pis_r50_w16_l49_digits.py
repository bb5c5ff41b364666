"""`pis_r50_w16_digits.py` with at most the 49 layers that the ResNet has on its main path."""

_base_ = ['./pis_r50_w16_digits.py']

constraints = dict(layers=dict(type='Layers', max=49))
