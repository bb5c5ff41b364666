"""`pis_l_coco.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_coco_released.py']

constraints = dict(params=dict(max=32.4e6), macs=dict(max=6.5e9))
