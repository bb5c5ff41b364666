"""A small head of every family that can be exported, and outputs that it might give."""

from typing import Any

import torch
from torch import Tensor

SHAPE = (64, 96)
STRIDES = [8, 16, 32]
CLASSES = 3

_TEST = dict(
    score_thr=0.3,
    nms_pre=60,
    min_bbox_size=0,
    nms=dict(type='nms', iou_threshold=0.5),
    max_per_img=20,
)
_COMMON: dict[str, Any] = dict(
    num_classes=CLASSES, in_channels=16, feat_channels=16, stacked_convs=1, test_cfg=_TEST
)
_FOCAL = dict(type='FocalLoss', use_sigmoid=True)
_YOLO: dict[str, Any] = dict(
    num_classes=CLASSES, in_channels=[16, 16, 16], strides=STRIDES, test_cfg=_TEST
)
# Their best ``nms_pre`` are of all levels together.
_ANCHOR_YOLO: dict[str, Any] = dict(_YOLO, test_cfg=dict(_TEST, nms_pre=10**6))
_RETINA: dict[str, Any] = dict(
    **_COMMON,
    anchor_generator=dict(
        type='AnchorGenerator',
        ratios=[0.5, 1.0, 2.0],
        octave_base_scale=4,
        scales_per_octave=2,
        strides=STRIDES,
    ),
    bbox_coder=dict(type='DeltaXYWHBBoxCoder', target_stds=[0.5, 0.5, 0.5, 0.5]),
    loss_cls=_FOCAL,
)

HEADS: dict[str, dict[str, Any]] = {
    'GFLHead': dict(
        type='GFLHead',
        **_COMMON,
        norm_cfg=dict(type='BN'),
        anchor_generator=dict(
            type='AnchorGenerator',
            ratios=[1.0],
            octave_base_scale=4,
            scales_per_octave=1,
            strides=STRIDES,
        ),
        loss_cls=dict(type='QualityFocalLoss', use_sigmoid=True),
        loss_dfl=dict(type='DistributionFocalLoss', loss_weight=0.25),
        reg_max=8,
    ),
    'FCOSHead': dict(
        type='FCOSHead',
        **_COMMON,
        strides=STRIDES,
        norm_cfg=dict(type='BN'),
        norm_on_bbox=True,
        centerness_on_reg=True,
    ),
    'RetinaHead': dict(_RETINA, type='RetinaHead'),
    'SpineNetHead': dict(
        _RETINA, type='SpineNetHead', num_ins=len(STRIDES), norm_cfg=dict(type='BN'), act='silu'
    ),
    'YOLOv5Head': dict(_ANCHOR_YOLO, type='YOLOv5Head'),
    'YOLOv6Head': dict(_YOLO, type='YOLOv6Head'),
    'YOLOv7Head': dict(_ANCHOR_YOLO, type='YOLOv7Head'),
    'YOLOv8Head': dict(_YOLO, type='YOLOv8Head', reg_max=8),
}


def outputs_of(head: Any, seed: int = 0, shape: tuple[int, int] = SHAPE) -> list[list[Tensor]]:
    """What the head's forward might give for two images, with scores on both sides of 0.3."""
    random = torch.Generator().manual_seed(seed)
    features = [torch.randn(2, 16, shape[0] // s, shape[1] // s) for s in STRIDES]
    with torch.no_grad():
        shapes = [[level.shape for level in levels] for levels in head.eval()(features)]
    outputs = [[torch.randn(s, generator=random) for s in levels] for levels in shapes]
    if type(head).__name__ == 'FCOSHead':  # distances in pixels
        outputs[1] = [level.abs() * 12 for level in outputs[1]]
    return outputs
