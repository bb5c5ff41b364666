"""6x schedule for a backbone without pre-trained weights: 72 epochs of SGD, 16 images a step.

From scratch a detector needs about this long to reach the accuracy that it has after 1x or 2x with
pre-trained weights (He, Girshick and Dollar, "Rethinking ImageNet Pre-training", ICCV 2019), and
normalisation that is trained: see `detectors/gfl_fpn.py`.
"""

_base_ = './schedule_1x.py'

train_cfg = dict(max_epochs=72, val_interval=4)

param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=1500),
    dict(type='MultiStepLR', by_epoch=True, begin=0, end=72, milestones=[64, 70], gamma=0.1),
]

optim_wrapper = dict(
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0),
    clip_grad=dict(max_norm=35, norm_type=2),
)

# On several GPUs the backbone's batch norms share their statistics: the few images of one GPU are
# too few for them. A run on one GPU or on CPUs has ordinary batch norms.
sync_bn = 'torch'
