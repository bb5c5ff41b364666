"""SpineNet's schedule for training from scratch: 350 epochs of SGD, 64 images a step.

The authors have 256 images a step and a learning rate of 0.28; this is as much for each image.
"""

_base_ = './schedule_1x.py'

train_cfg = dict(max_epochs=350, val_interval=10)

param_scheduler = [
    dict(type='LinearLR', start_factor=0.025, by_epoch=False, begin=0, end=8000),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=350, milestones=[320, 340], gamma=0.1),
]

optim_wrapper = dict(
    optimizer=dict(lr=0.07, weight_decay=4e-5),
    # The head's levels share their convolutions.
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0, bypass_duplicate=True),
    clip_grad=dict(max_norm=10, norm_type=2),
)

auto_scale_lr = dict(base_batch_size=64)
sync_bn = 'torch'
