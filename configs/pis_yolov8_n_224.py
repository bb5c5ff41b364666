"""`pis_yolov8_n_224_released.py` within the range of published detectors (docs/method.md).

At most 60 layers and an effectiveness of 0.3. Both budgets are to be used to 97 % at least, as a
backbone with less would be no fair rival.
"""

_base_ = ['./pis_yolov8_n_224_released.py']

constraints = dict(
    params=dict(min=1_074_807),
    macs=dict(min=179_692_299),
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
search = dict(algorithm='restarts', restarts=3)  # as it was searched
