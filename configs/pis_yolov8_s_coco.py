"""A backbone for YOLOv8-s: 4 G MACs at 512x512, 4.8 M params, H_btn >= 8.8, as released.

Within the range of published detectors; `pis_yolov8_s_coco_released.py` is the unbounded search.
"""

_base_ = ['./_base_/search/c2f.py']

image_size = 512
constraints = dict(
    params=dict(type='Params', max=4.8e6),
    macs=dict(type='MACs', max=4.0e9),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.8),
    # Where trained detectors lie, and nothing beyond is known: see docs/method.md.
    layers=dict(type='Layers', max=60),
    effectiveness=dict(type='Effectiveness', max=0.3),
)
detector = dict(
    base=['_base_/detectors/yolov8_s.py', '_base_/yolov8_500e_coco.py'],
    # As in `_base_/detectors/yolov8.py`, of whose own backbone nothing stays.
    backbone=dict(
        append=[dict(type='SPPF')],
        out_indices=(2, 3, 4),
        norm_cfg=dict(type='BN', eps=1e-3, momentum=0.03, requires_grad=True),
        init_cfg=dict(
            type='Kaiming',
            layer='Conv2d',
            a=5**0.5,
            mode='fan_in',
            nonlinearity='leaky_relu',
            distribution='uniform',
        ),
    ),
)
