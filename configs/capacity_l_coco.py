"""`pis_l_coco.py` with the objective that published detectors chose.

Its floor of H_btn, 8.0, stays: docs/method.md says why, and what the objective is.
"""

_base_ = ['./pis_l_coco.py']

score = dict(_delete_=True, type='PyramidCapacityScore')
