"""MAE-DET's own search at ResNet-50's size: 18.8 G MACs at 480x480 and at most 91 layers.

The budgets are those of its authors' released configuration, which bounds neither params nor
H_btn.
"""

_base_ = ['./pis_coco.py']

image_size = 480
constraints = dict(
    _delete_=True,
    macs=dict(type='MACs', max=18.8e9),
    layers=dict(type='Layers', max=91),
)
score = dict(_delete_=True, type='MAEDETScore')
# Its deep stages want longer populations.
search = dict(num_candidates=200_000)
