"""YOLOv6 v2 without its sizes, as OpenMMLab's zoo has it; 80 classes.

Whoever inherits adds what depends on the size, as `yolov6_s.py` does:

    model = dict(
        backbone=dict(arch=[...]),
        neck=dict(in_channels=[C3, C4, C5], out_channels=[...], num_blocks=...),
        bbox_head=dict(in_channels=[...]),  # the neck's out_channels
    )

It is counted in the form that is deployed (`tools/model_converters/fuse.py`).
"""

_base_ = './yolov8.py'

model = dict(
    backbone=dict(append=[dict(type='SPPF', act='relu')]),
    neck=dict(type='YOLOv6PAFPN'),
    bbox_head=dict(
        _delete_=True,
        type='YOLOv6Head',
        num_classes=80,
        strides=(8, 16, 32),
        norm_cfg=_base_.norm_cfg,
        loss_cls=dict(
            type='VarifocalLoss',
            use_sigmoid=True,
            alpha=0.75,
            gamma=2.0,
            iou_weighted=True,
            reduction='sum',
        ),
        loss_bbox=dict(type='GIoULoss', loss_weight=2.5),
        init_cfg=_base_.init_cfg,
    ),
    train_cfg=dict(
        initial_epochs=4,
        initial_assigner=dict(type='ATSSAssigner', topk=9),
        assigner=dict(topk=13, alpha=1.0, beta=6.0, complete=False),
    ),
    test_cfg=dict(nms=dict(iou_threshold=0.65)),
)
