"""A backbone as large as ResNet-18: the budgets of the released code."""

_base_ = ['./pis_coco.py']

constraints = dict(params=dict(max=11.69e6), macs=dict(max=1.82e9))
score = dict(gamma=(1, 1, 2, 1))
