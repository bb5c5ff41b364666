"""Aquarium: 478 photographs to train on, 160 to evaluate, seven kinds of animals, many small.

Roboflow's Aquarium (CC BY 4.0), split anew; docs/results.md says how to come by it.
"""

_base_ = './small_320.py'

own_data = dict(
    root='data/aquarium/',
    train=dict(ann_file='annotations/instances_train.json', images='train/'),
    val=dict(ann_file='annotations/instances_val.json', images='val/'),
)
