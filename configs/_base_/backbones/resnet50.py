"""ResNet-50 without pre-trained weights, for detectors on C3, C4 and C5.

Whoever inherits wires it:

    model = dict(backbone=_base_.backbone, neck=dict(in_channels=_base_.neck_channels))

As in MMDetection's scratch configs, everything is trained; unlike there, residual branches start at
zero, as in searched backbones, which need it where they are deep (docs/results.md). On several GPUs
batch norms share their statistics: see `sync_bn` in `schedule_6x.py`.
"""

backbone = dict(
    type='ResNet',
    depth=50,
    num_stages=4,
    out_indices=(1, 2, 3),
    frozen_stages=-1,
    norm_cfg=dict(type='BN', requires_grad=True),
    norm_eval=False,
    style='pytorch',
    init_cfg=None,
)
neck_channels = [512, 1024, 2048]
