"""The objective chosen by published detectors, within YOLOv8-n's params and MACs at 224 x 224.

As `pis_yolov8_n_224.py` but for the objective and its constraints: both budgets are to be used to
97 % at least, as a backbone with less would be no fair rival, and H_btn has no floor: published
detectors say nothing for one (docs/results/published.md). A search that had one, and narrower
widths, did better (one seed: docs/method.md).
"""

_base_ = ['./pis_yolov8_n_224.py']

space = dict(max_channels=1024)
constraints = dict(
    _delete_=True,
    params=dict(type='Params', min=1_074_807, max=1_108_048),
    macs=dict(type='MACs', min=179_692_299, max=185_249_792),
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
score = dict(_delete_=True, type='PyramidCapacityScore')
search = dict(algorithm='released', num_candidates=600_000, seed=1)
