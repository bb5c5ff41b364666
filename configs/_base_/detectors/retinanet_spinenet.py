"""RetinaNet on SpineNet's own pyramid, as its authors train it from scratch; 80 classes.

The head's convolutions are shared by all levels, and their norms are not. Norms, losses and
anchors are those of the authors' code (tensorflow/models, tensorflow/tpu). On several GPUs norms
share their statistics (`sync_bn`). The backbone's size, and what goes with it, is left to whoever
inherits.
"""

_base_ = './retinanet_fpn.py'

norm_cfg = dict(_delete_=True, type='BN', eps=1e-3, momentum=0.01, requires_grad=True)

model = dict(
    data_preprocessor=dict(pad_size_divisor=128),
    backbone=dict(
        type='SpineNet', norm_cfg=dict(type='BN', eps=1e-3, momentum=0.01, requires_grad=True)
    ),
    neck=None,
    bbox_head=dict(
        type='SpineNetHead',
        num_ins=5,
        norm_cfg=norm_cfg,
        anchor_generator=dict(octave_base_scale=3),  # 4 with SpineNet-143 and 190
        loss_cls=dict(gamma=1.5),
        # Huber's loss of 0.1, times 50 and averaged over the four coordinates.
        loss_bbox=dict(_delete_=True, type='SmoothL1Loss', beta=0.1, loss_weight=1.25),
    ),
    train_cfg=dict(assigner=dict(neg_iou_thr=0.5)),
)
