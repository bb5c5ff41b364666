"""The objective chosen by published detectors, within the quarter-width ResNet's params and MACs.

As `capacity_yolov8_n_224.py`, in the residual space.
"""

_base_ = ['./pis_r50_w16_224.py']

constraints = dict(
    _delete_=True,
    params=dict(type='Params', min=1_436_547, max=1_480_976),
    macs=dict(type='MACs', min=269_246_423, max=277_573_632),
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
score = dict(_delete_=True, type='PyramidCapacityScore')
search = dict(algorithm='released', num_candidates=600_000, seed=1)
