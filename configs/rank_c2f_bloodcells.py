"""Does a quarter of a training tell the order after all of it? 16 C2f backbones on blood cells."""

_base_ = ['./pis_digits.py', './_base_/search/ranking.py']

image_size = 224
constraints = dict(_delete_=True, macs=dict(type='MACs', max=100e6))
detector = dict(
    base=[
        '_base_/detectors/gfl_digits.py',
        '_base_/datasets/small_224.py',
        '_base_/schedules/12e_bloodcells.py',
        '_base_/default_runtime.py',
    ],
    data=dict(
        root='data/bloodcells/',
        train=dict(ann_file='annotations/instances_train.json', images='train/'),
        val=dict(ann_file='annotations/instances_val.json', images='val/'),
        classes=('WBC', 'RBC', 'Platelet'),
    ),
    # One checkpoint an architecture and seed, to go on from; evaluated after every quarter.
    options=dict(
        train_cfg=dict(val_interval=3),
        default_hooks=dict(checkpoint=dict(save_best=None)),
    ),
)
ranking = dict(num_architectures=16, early_epochs=(3, 6, 9), top_k=4)
