"""The objective chosen by published detectors, within the quarter-width ResNet's params and MACs.

As `capacity_yolov8_n_224.py`, in the residual space.
"""

_base_ = ['./pis_r50_w16_224.py']

constraints = dict(
    params=dict(min=1_436_547),
    macs=dict(min=269_246_423),
)
score = dict(_delete_=True, type='PyramidCapacityScore')
search = dict(num_candidates=600_000, seed=1)
