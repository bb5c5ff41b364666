"""PIS-NAS-S for COCO: a residual backbone for GFL within 2.5 G MACs at 224x224 and 9.8 M params.

Within the range of published detectors; `pis_coco_released.py` is the paper's unbounded search.
"""

_base_ = ['./_base_/search/residual.py']

image_size = 224
# Checked in this order: what rejects the most comes first, for speed only.
constraints = dict(
    params=dict(type='Params', max=9.8e6),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.0),
    macs=dict(type='MACs', max=2.5e9),
    # Where trained detectors lie, and nothing beyond is known: see docs/method.md.
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
# What `tools/search.py` puts the winner into.
detector = dict(
    base=[
        '_base_/detectors/gfl_fpn.py',
        '_base_/datasets/coco_ms.py',
        '_base_/schedules/schedule_6x.py',
        '_base_/default_runtime.py',
    ],
    backbone=dict(out_indices=(2, 3, 4)),
)
