"""Handwritten digits, made by `python tools/make_digits.py`, in Pascal VOC's form.

The classes come from `digits.py` and replace VOC's twenty. As in `voc0712.py`, VOC's AP50 and
COCO's AP are reported.
"""

_base_ = './digits.py'

train_dataloader = dict(
    dataset=dict(
        type='VOCDataset',
        ann_file='voc/ImageSets/Main/trainval.txt',
        data_prefix=dict(_delete_=True, sub_data_root='voc/'),
    ),
)

*load, pack = _base_.test_pipeline
test_pipeline = [*load, dict(pack, meta_keys=(*pack.meta_keys, 'instances'))]
val_dataloader = dict(
    dataset=dict(
        type='VOCDataset',
        ann_file='voc/ImageSets/Main/test.txt',
        data_prefix=dict(_delete_=True, sub_data_root='voc/'),
        pipeline=test_pipeline,
    ),
)
test_dataloader = val_dataloader

val_evaluator = [
    dict(type='VOCMetric', metric='mAP', eval_mode='area'),
    dict(type='CocoMetric', metric='bbox'),
]
test_evaluator = val_evaluator
