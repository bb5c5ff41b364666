"""A tiny data set in COCO's form that is right, and ways to spoil it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

CLASSES = ('cat', 'dog', 'bird')
SIZES = ((64, 48), (48, 64), (64, 64), (96, 64))  # width, height

Content = dict[str, Any]


def content() -> Content:
    """One box of every class in every image: 4 images, 12 boxes, ids from 1."""
    images = [
        dict(id=i, file_name=f'{i}.png', width=width, height=height)
        for i, (width, height) in enumerate(SIZES, 1)
    ]
    objects = [
        dict(
            id=3 * (image['id'] - 1) + label,
            image_id=image['id'],
            category_id=label,
            bbox=[4 * label, 5, 10 + label, 12],
            area=12 * (10 + label),
            iscrowd=0,
        )
        for image in images
        for label in (1, 2, 3)
    ]
    categories = [dict(id=i, name=name) for i, name in enumerate(CLASSES, 1)]
    return dict(info={}, images=images, annotations=objects, categories=categories)


def write(root: Path, change: Callable[[Content], object] | None = None) -> Path:
    """Write images and ``annotations.json`` to a folder; ``change`` may spoil the latter."""
    root.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    for i, (width, height) in enumerate(SIZES, 1):
        pixels = rng.integers(0, 255, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / f'{i}.png')
    data = content()
    if change:
        change(data)
    file = root / 'annotations.json'
    file.write_text(json.dumps(data), encoding='utf-8')
    return file


def detector(root: Path, **dataset: Any) -> dict[str, Any]:
    """The parts of a detector config that read the data set."""
    entry = dict(
        type='CocoDataset',
        data_root=str(root),
        ann_file='annotations.json',
        data_prefix=dict(img=''),
        metainfo=dict(classes=CLASSES),
    )
    evaluator = dict(type='CocoMetric', metric='bbox', ann_file=str(root / 'annotations.json'))
    return dict(
        model=dict(bbox_head=dict(num_classes=3)),
        train_dataloader=dict(dataset={**entry, **dataset}),
        val_dataloader=dict(dataset={**entry, 'test_mode': True, **dataset}),
        val_evaluator=evaluator,
    )
