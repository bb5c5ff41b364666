"""`bloodcells.py` at 320 x 320."""

_base_ = './small_320.py'

own_data = dict(
    root='data/bloodcells/',
    train=dict(ann_file='annotations/instances_train.json', images='train/'),
    val=dict(ann_file='annotations/instances_val.json', images='val/'),
)
