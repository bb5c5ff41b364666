"""A backbone for YOLOv8-s: 4 G MACs at 512x512, 4.8 M params, H_btn >= 8.8, as released."""

_base_ = ['./_base_/search/c2f.py']

image_size = 512
constraints = dict(
    params=dict(type='Params', max=4.8e6),
    macs=dict(type='MACs', max=4.0e9),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.8),
)
detector = dict(
    base=[
        '_base_/detectors/gfl_fpn.py',
        '_base_/datasets/coco_ms.py',
        '_base_/schedules/schedule_6x.py',
        '_base_/default_runtime.py',
    ],
    backbone=dict(out_indices=(2, 3, 4)),
)
