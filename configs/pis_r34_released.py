"""`pis_r34.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_coco_released.py']

constraints = dict(params=dict(max=21.80e6), macs=dict(max=3.68e9))
