"""DeepMAD's own search at ResNet-50's size: 4.13 G MACs at 224x224, 25.55 M params, rho <= 0.3.

The budgets are those of its authors' released configuration, which has no floor for H_btn.
"""

_base_ = ['./pis_coco.py']

constraints = dict(
    _delete_=True,
    params=dict(type='Params', max=25.55e6),
    macs=dict(type='MACs', max=4.13e9),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
score = dict(_delete_=True, type='DeepMADScore')
# Its deep stages want longer populations.
search = dict(algorithm='restarts', restarts=3, num_candidates=200_000)
