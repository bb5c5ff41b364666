"""YOLOv5 (releases 6 and 7) without its sizes; 80 classes.

Whoever inherits adds what depends on the size, as `yolov5_s.py` does:

    model = dict(
        backbone=dict(arch=[...]),
        neck=dict(in_channels=[C3, C4, C5], out_channels=[...], num_blocks=...),
        bbox_head=dict(in_channels=[...]),  # the neck's out_channels
    )

With other classes than 80, YOLOv5 has `loss_cls` in proportion to their number; with images of
other than 640 pixels, `loss_obj` in proportion to their area.
"""

_base_ = './yolov8.py'

model = dict(
    neck=dict(type='YOLOv5PAFPN'),
    bbox_head=dict(
        _delete_=True,
        type='YOLOv5Head',
        num_classes=80,
        anchors=(
            ((10, 13), (16, 30), (33, 23)),
            ((30, 61), (62, 45), (59, 119)),
            ((116, 90), (156, 198), (373, 326)),
        ),
        strides=(8, 16, 32),
        balance=(4.0, 1.0, 0.4),
        max_ratio=4.0,
        loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=0.5),
        loss_bbox=dict(type='CompleteIoULoss', loss_weight=0.05),
        loss_obj=dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=1.0),
        init_cfg=_base_.init_cfg,
    ),
    train_cfg=None,
    test_cfg=dict(nms=dict(iou_threshold=0.65)),
)
