"""A backbone as large as ResNet-50: the budgets of the released code."""

_base_ = ['./pis_coco.py']

constraints = dict(params=dict(max=25.55e6), macs=dict(max=4.13e9))
