"""A C2f backbone for digits, within YOLOv8-n's own params and MACs at 128 x 128 (without its SPPF).

The search starts from YOLOv8-n. Its H_btn is 6.93, and the floor 0.13 below, as the released one of
YOLOv8-s is (8.8 to its 8.93). With 6.9 nothing better than YOLOv8-n itself is found.
There are no other bounds: docs/results/digits.md was measured without.
"""

_base_ = ['./pis_yolov8_n_coco_released.py']

image_size = 128
constraints = dict(
    params=dict(max=1_108_048),
    macs=dict(max=60_489_728),
    bottleneck_entropy=dict(min=6.8),
)
detector = dict(
    base=[
        '_base_/detectors/yolov8_n.py',
        '_base_/datasets/digits.py',
        '_base_/schedules/digits.py',
        '_base_/default_runtime.py',
    ],
    options=dict(
        model=dict(bbox_head=dict(num_classes=10)),
        optim_wrapper=dict(optimizer=dict(lr=2e-3)),  # as in `yolov8/yolov8_n_5e_digits.py`
    ),
)
