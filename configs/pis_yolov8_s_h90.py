"""The search of `pis_yolov8_s_coco.py` with H_btn >= 9.0 instead of 8.8, for Figure 5."""

_base_ = ['./pis_yolov8_s_coco.py']

constraints = dict(bottleneck_entropy=dict(min=9.0))
