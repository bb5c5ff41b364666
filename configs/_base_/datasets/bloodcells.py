"""Blood cells: 915 microscope images to train on, 306 to evaluate, three classes.

TXL-PBC (Gan and Li, 2024; MIT), split anew; docs/results.md says how to come by it.
"""

_base_ = './small_224.py'

own_data = dict(
    root='data/bloodcells/',
    train=dict(ann_file='annotations/instances_train.json', images='train/'),
    val=dict(ann_file='annotations/instances_val.json', images='val/'),
)
