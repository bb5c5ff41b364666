"""`pis_yolov8_family_coco.py` with the objective that published detectors chose."""

_base_ = ['./pis_yolov8_family_coco.py']

score = dict(_delete_=True, type='PyramidCapacityScore')
