"""`pis_yolov8_s_h90.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_yolov8_s_coco_released.py']

constraints = dict(bottleneck_entropy=dict(min=9.0))
