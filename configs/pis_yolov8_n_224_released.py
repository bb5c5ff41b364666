"""A C2f backbone within YOLOv8-n's own params and MACs at 224 x 224 (without its SPPF): no bounds.

The paper's objective and settings, and nothing that keeps the search where detectors were trained:
beside `pis_yolov8_n_224.py`. The floor of H_btn is 0.13 below YOLOv8-n's 7.49, as the released one
of YOLOv8-s is (8.8 to its 8.93).
"""

_base_ = ['./pis_yolov8_n_coco_released.py']

image_size = 224
constraints = dict(
    params=dict(max=1_108_048),
    macs=dict(max=185_249_792),
    bottleneck_entropy=dict(min=7.36),
)
detector = dict(
    base=[
        '_base_/detectors/yolov8_n.py',
        '_base_/datasets/bloodcells.py',
        '_base_/schedules/12e_bloodcells.py',
        '_base_/default_runtime.py',
    ],
    options=dict(optim_wrapper=dict(optimizer=dict(lr=2e-3))),  # as in `bloodcells/yolov8_n.py`
)
search = dict(num_candidates=500_000)
