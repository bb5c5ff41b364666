"""`pis_coco.py` as the paper has it: no bounds on layers and effectiveness, and all radii count.

It ends far from any detector that was ever trained (docs/method.md).
"""

_base_ = ['./pis_coco.py']

constraints = dict(
    _delete_=True,
    params=dict(type='Params', max=9.8e6),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.0),
    macs=dict(type='MACs', max=2.5e9),
)
search = dict(algorithm='released', num_candidates=200_000)
