"""A backbone as large as ResNet-34: the budgets of the released code."""

_base_ = ['./pis_coco.py']

constraints = dict(params=dict(max=21.80e6), macs=dict(max=3.68e9))
