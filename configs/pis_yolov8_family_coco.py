"""A family for YOLOv8-n, s, m and l in one search, with the released budgets at 512x512."""

_base_ = ['./pis_yolov8_s_coco.py']

# The loosest of each: the members' own budgets lie within.
constraints = dict(
    params=dict(max=19.2e6),
    macs=dict(max=27.4e9),
    bottleneck_entropy=dict(min=8.3),
)
search = dict(objectives=('score', '-macs'), num_candidates=200_000)
family = dict(
    n=dict(
        macs=1.0e9,
        params=1.4e6,
        bottleneck_entropy=8.3,
        base=['_base_/detectors/yolov8_n.py', '_base_/yolov8_500e_coco.py'],
    ),
    s=dict(
        macs=4.0e9,
        params=4.8e6,
        bottleneck_entropy=8.8,
        base=['_base_/detectors/yolov8_s.py', '_base_/yolov8_500e_coco.py'],
    ),
    m=dict(
        macs=13e9,
        params=12e6,
        bottleneck_entropy=9.12,
        base=['_base_/detectors/yolov8_m.py', '_base_/yolov8_500e_coco.py'],
    ),
    l=dict(
        macs=27.4e9,
        params=19.2e6,
        bottleneck_entropy=9.01,
        base=['_base_/detectors/yolov8_l.py', '_base_/yolov8_500e_coco.py'],
    ),
)
