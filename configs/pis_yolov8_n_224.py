"""`pis_yolov8_n_224_released.py` within the range of published detectors (docs/method.md).

At most 60 layers and an effectiveness of 0.3, and a radius counts up to four strides of its level.
"""

_base_ = ['./pis_yolov8_n_224_released.py']

constraints = dict(
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
score = dict(pr_score=dict(needs=(16, 32, 64, 128)))
