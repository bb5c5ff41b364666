"""`pis_r50.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_coco_released.py']

constraints = dict(params=dict(max=25.55e6), macs=dict(max=4.13e9))
