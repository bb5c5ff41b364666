"""`pis_yolov8_m_coco.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_yolov8_m_coco.py']

constraints = dict(
    _delete_=True,
    params=dict(type='Params', max=12e6),
    macs=dict(type='MACs', max=13e9),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=9.12),
)
search = dict(algorithm='released', num_candidates=200_000)
