"""YOLOv8 without its sizes; 80 classes.

Whoever inherits adds what depends on the size, as `yolov8_s.py` does:

    model = dict(
        backbone=dict(arch=[...]),
        neck=dict(in_channels=[C3, C4, C5], out_channels=[...], num_blocks=...),
        bbox_head=dict(in_channels=[...]),  # the neck's out_channels
    )
"""

norm_cfg = dict(type='BN', eps=1e-3, momentum=0.03, requires_grad=True)
# PyTorch's own initialisation.
init_cfg = dict(
    type='Kaiming',
    layer='Conv2d',
    a=5**0.5,
    mode='fan_in',
    nonlinearity='leaky_relu',
    distribution='uniform',
)

model = dict(
    type='SingleStageDetector',
    data_preprocessor=dict(
        type='DetDataPreprocessor',
        mean=[0.0, 0.0, 0.0],
        std=[255.0, 255.0, 255.0],
        bgr_to_rgb=True,
        pad_size_divisor=32,
        pad_value=114 / 255,  # padded after normalisation
    ),
    backbone=dict(
        type='PISBackbone',
        append=[dict(type='SPPF')],
        out_indices=(2, 3, 4),
        norm_cfg=norm_cfg,
        init_cfg=init_cfg,
    ),
    neck=dict(type='YOLOv8PAFPN', norm_cfg=norm_cfg, init_cfg=init_cfg),
    bbox_head=dict(
        type='YOLOv8Head',
        num_classes=80,
        strides=(8, 16, 32),
        reg_max=16,
        norm_cfg=norm_cfg,
        loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=0.5),
        loss_bbox=dict(type='CompleteIoULoss', loss_weight=7.5),
        loss_dfl=dict(type='DistributionFocalLoss', loss_weight=1.5),
        init_cfg=init_cfg,
    ),
    train_cfg=dict(assigner=dict(type='YOLOv8Assigner', topk=10, alpha=0.5, beta=6.0)),
    test_cfg=dict(
        score_thr=0.001,
        nms_pre=30000,
        nms=dict(type='nms', iou_threshold=0.7),
        max_per_img=300,
    ),
)

custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)
