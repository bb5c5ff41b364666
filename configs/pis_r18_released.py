"""`pis_r18.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_coco_released.py']

constraints = dict(params=dict(max=11.69e6), macs=dict(max=1.82e9))
score = dict(gamma=(1, 1, 2, 1))
