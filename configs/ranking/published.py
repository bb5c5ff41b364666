"""Variants of objectives, to be judged by published detectors.

python tools/analysis_tools/rank_published.py FOLDER --config configs/ranking/published.py
"""

scores = {
    'PIS, omega 1': dict(type='PISScore', omega=1.0),
    'PIS, std': dict(type='PISScore', dispersion='std'),
    'PR, C2 to C5': dict(type='PRScore', weights=(1, 1, 1, 1)),
    'PR, threshold 0.03': dict(type='PRScore', threshold=0.03),
    'PR, threshold 0.3': dict(type='PRScore', threshold=0.3),
    # The objective's terms, left out one at a time, and its weights, halved and doubled.
    'capacity, no reach': dict(type='PyramidCapacityScore', reach_weight=0.0),
    'capacity, reach 1': dict(type='PyramidCapacityScore', reach_weight=1.0),
    'capacity, no effectiveness': dict(type='PyramidCapacityScore', effectiveness_weight=0.0),
    'capacity, effectiveness 1': dict(type='PyramidCapacityScore', effectiveness_weight=1.0),
    'capacity, effectiveness 4': dict(type='PyramidCapacityScore', effectiveness_weight=4.0),
    'capacity, needs 3 strides': dict(type='PyramidCapacityScore', needs=(0, 24, 48, 96)),
    'capacity, all that is seen': dict(type='PyramidCapacityScore', needs=(0, 1e4, 1e4, 1e4)),
    'capacity, any resolution': dict(type='PyramidCapacityScore', max_resolution=1.0),
}
