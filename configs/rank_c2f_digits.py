"""Does a score rank C2f backbones? 24 of equal MACs, each trained twice on the digits."""

_base_ = ['./pis_digits.py', './_base_/search/ranking.py']

constraints = dict(_delete_=True, macs=dict(type='MACs', max=25e6))
detector = dict(
    base=[
        '_base_/detectors/gfl_digits.py',
        '_base_/datasets/digits.py',
        '_base_/default_runtime.py',
        '_base_/schedules/digits_brief.py',
    ],
    # One checkpoint an architecture and seed, to go on from; the metric is the last one's.
    options=dict(default_hooks=dict(checkpoint=dict(save_best=None))),
)
