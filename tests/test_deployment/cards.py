"""A card to change in tests."""

from dataclasses import replace
from typing import Any

from pisnas_mm.deployment.card import Card

_CARD = Card(
    classes=('a', 'b'),
    scale=(64, 64),
    keep_ratio=True,
    shape=(64, 64),
    divisor=32,
    pad=(0.0, 0.0, 0.0),
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    strides=(8, 16, 32),
    points_per_cell=1,
    score_thr=0.05,
    nms_pre=1000,
    iou_thr=0.5,
    max_per_img=100,
    with_nms=False,
    any_size=False,
    any_batch=False,
    precision='fp32',
)


def card(**changes: Any) -> Card:
    return replace(_CARD, **changes)
