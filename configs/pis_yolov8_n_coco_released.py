"""`pis_yolov8_n_coco.py` as the paper has it: see `pis_coco_released.py`."""

_base_ = ['./pis_yolov8_n_coco.py']

constraints = dict(
    _delete_=True,
    params=dict(type='Params', max=1.4e6),
    macs=dict(type='MACs', max=1.0e9),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.3),
)
search = dict(algorithm='released', num_candidates=200_000)
