"""Handwritten digits, made by `python tools/make_digits.py`, in Pascal VOC's form.

The classes come from `digits.py` and replace VOC's twenty.
"""

_base_ = './digits.py'

train_dataloader = dict(
    dataset=dict(
        type='VOCDataset',
        ann_file='voc/ImageSets/Main/trainval.txt',
        data_prefix=dict(_delete_=True, sub_data_root='voc/'),
    ),
)
val_dataloader = dict(
    dataset=dict(
        type='VOCDataset',
        ann_file='voc/ImageSets/Main/test.txt',
        data_prefix=dict(_delete_=True, sub_data_root='voc/'),
    ),
)
test_dataloader = val_dataloader

val_evaluator = dict(_delete_=True, type='VOCMetric', metric='mAP', eval_mode='area')
test_evaluator = val_evaluator
