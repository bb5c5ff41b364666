"""Cascade R-CNN (Cai and Vasconcelos, CVPR 2018) with FPN on strides 4 to 64, as SP-NAS has it.

Group normalisation is in the neck, for training from scratch: see `gfl_fpn.py`. The three heads of
the second stage differ in nothing but how near their boxes are. The backbone and `neck.in_channels`
are left to whoever inherits.
"""

_base_ = './faster_rcnn_fpn.py'

norm_cfg = dict(type='GN', num_groups=32, requires_grad=True)

model = dict(
    type='CascadeRCNN',
    neck=dict(num_outs=6, norm_cfg=norm_cfg),
    rpn_head=dict(
        anchor_generator=dict(strides=[4, 8, 16, 32, 64, 128]),
        loss_bbox=dict(_delete_=True, type='SmoothL1Loss', beta=1 / 9, loss_weight=1.0),
    ),
    roi_head=dict(
        type='CascadeRoIHead',
        num_stages=3,
        stage_loss_weights=[1, 0.5, 0.25],
        bbox_roi_extractor=dict(roi_layer=dict(sampling_ratio=0)),
        bbox_head=[
            dict(
                type='Shared2FCBBoxHead',
                in_channels=256,
                fc_out_channels=1024,
                roi_feat_size=7,
                num_classes=80,
                bbox_coder=dict(
                    type='DeltaXYWHBBoxCoder',
                    target_means=[0.0, 0.0, 0.0, 0.0],
                    target_stds=[of_centre, of_centre, of_size, of_size],
                ),
                reg_class_agnostic=True,
                loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0),
                loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=1.0),
            )
            for of_centre, of_size in ((0.1, 0.2), (0.05, 0.1), (0.033, 0.067))
        ],
    ),
    train_cfg=dict(
        rpn=dict(allowed_border=0),
        rpn_proposal=dict(max_per_img=2000),
        rcnn=[
            dict(
                assigner=dict(
                    type='MaxIoUAssigner',
                    pos_iou_thr=iou,
                    neg_iou_thr=iou,
                    min_pos_iou=iou,
                    match_low_quality=False,
                    ignore_iof_thr=-1,
                ),
                sampler=dict(
                    type='RandomSampler',
                    num=512,
                    pos_fraction=0.25,
                    neg_pos_ub=-1,
                    add_gt_as_proposals=True,
                ),
                pos_weight=-1,
                debug=False,
            )
            for iou in (0.5, 0.6, 0.7)
        ],
    ),
)
