"""PIS-NAS-S for Pascal VOC: the backbone of `pis_coco.py` for GFL with 20 classes."""

_base_ = ['./pis_coco.py']

detector = dict(
    base=[
        '_base_/detectors/gfl_fpn.py',
        '_base_/datasets/voc0712_ms.py',
        '_base_/schedules/schedule_6x.py',
        '_base_/default_runtime.py',
    ],
    options=dict(model=dict(bbox_head=dict(num_classes=20))),
)
