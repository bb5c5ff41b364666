"""Tiny data sets and a tiny detector, for tests that train for real."""

import itertools
import json
import os
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

os.environ.setdefault('OMP_NUM_THREADS', '1')  # tiny tensors: more threads only wait

TOOLS = Path(__file__).parents[1] / 'tools'
CLASSES = {'red': (255, 0, 0), 'green': (0, 255, 0), 'blue': (0, 0, 255)}
SIDE = 64

Box = tuple[str, int, int, int, int]
"""Class, left, top, width, height in pixels."""

DETECTOR = """
custom_imports = dict(imports=['pisnas_mm.models'], allow_failed_imports=False)
default_scope = 'mmdet'
load = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='Resize', scale=(64, 64)),
    dict(
        type='PackDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'),
    ),
]
train_dataloader = dict(
    batch_size=2,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='CocoDataset',
        metainfo=dict(classes=('red', 'green', 'blue')),
        data_root='{root}',
        ann_file='annotations.json',
        data_prefix=dict(img='images'),
        pipeline=load,
    ),
)
val_dataloader = dict(
    batch_size=2,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(test_mode=True, **train_dataloader['dataset']),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='CocoMetric', metric='bbox', ann_file='{root}/annotations.json')
test_evaluator = val_evaluator
model = dict(
    type='GFL',
    data_preprocessor=dict(
        type='DetDataPreprocessor', mean=[127.0] * 3, std=[64.0] * 3, pad_size_divisor=32
    ),
    backbone=dict(
        type='ResNet', depth=18, base_channels=8, out_indices=(1, 2, 3), norm_eval=False
    ),
    neck=dict(
        type='FPN', in_channels=[16, 32, 64], out_channels=16, num_outs=3, start_level=0
    ),
    bbox_head=dict(
        type='GFLHead',
        num_classes=3,
        in_channels=16,
        feat_channels=16,
        stacked_convs=1,
        norm_cfg=dict(type='GN', num_groups=4),
        anchor_generator=dict(
            type='AnchorGenerator',
            ratios=[1.0],
            octave_base_scale=4,
            scales_per_octave=1,
            strides=[8, 16, 32],
        ),
        loss_cls=dict(type='QualityFocalLoss', use_sigmoid=True),
        loss_dfl=dict(type='DistributionFocalLoss', loss_weight=0.25),
        loss_bbox=dict(type='GIoULoss', loss_weight=2.0),
    ),
    train_cfg=dict(
        assigner=dict(type='ATSSAssigner', topk=9), allowed_border=-1, pos_weight=-1
    ),
    test_cfg=dict(
        nms_pre=100, score_thr=0.01, nms=dict(type='nms', iou_threshold=0.6), max_per_img=10
    ),
)
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='AdamW', lr=0.01))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, by_epoch=False, begin=0, end=6),
    dict(type='CosineAnnealingLR', T_max=2, begin=0, end=2, by_epoch=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=2, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
custom_hooks = [dict(type='EMAHook', ema_type='ExpMomentumEMA', momentum=0.01)]
default_hooks = dict(
    logger=dict(type='LoggerHook', interval=1),
    checkpoint=dict(type='CheckpointHook', interval=1, save_best='auto'),
)
visualizer = dict(type='DetLocalVisualizer', vis_backends=[dict(type='LocalVisBackend')])
randomness = dict(seed=0)
auto_scale_lr = dict(enable=False, base_batch_size=4)
"""


@pytest.fixture(scope='session')
def tiny_coco(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``images/*.png`` and COCO's ``annotations.json``; not to be changed."""
    root = tmp_path_factory.mktemp('tiny_coco')
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for i, (pixels, boxes) in enumerate(_scenes()):
        name = f'{i:03}.png'
        _save(pixels, root / 'images' / name)
        images.append(dict(id=i, file_name=name, width=SIDE, height=SIDE))
        for label, *box in boxes:
            annotations.append(
                dict(
                    id=len(annotations) + 1,
                    image_id=i,
                    category_id=list(CLASSES).index(label) + 1,
                    bbox=box,
                    area=box[2] * box[3],
                    iscrowd=0,
                )
            )
    categories = [dict(id=i, name=name) for i, name in enumerate(CLASSES, 1)]
    content = dict(images=images, annotations=annotations, categories=categories)
    (root / 'annotations.json').write_text(json.dumps(content))
    return root


@pytest.fixture(scope='session')
def tiny_voc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A VOCdevkit with ``VOC2007`` and the same scenes for all splits; not to be changed."""
    root = tmp_path_factory.mktemp('tiny_voc')
    year = root / 'VOC2007'
    names = []
    for i, (pixels, boxes) in enumerate(_scenes()):
        names.append(f'{i:06}')
        _save(pixels, year / 'JPEGImages' / f'{i:06}.jpg')
        note = ElementTree.Element('annotation')
        _add(note, 'size', width=SIDE, height=SIDE, depth=3)
        for label, x, y, w, h in boxes:
            thing = _add(note, 'object', name=label, difficult=0)
            _add(thing, 'bndbox', xmin=x + 1, ymin=y + 1, xmax=x + w, ymax=y + h)
        (year / 'Annotations').mkdir(exist_ok=True)
        ElementTree.ElementTree(note).write(year / 'Annotations' / f'{i:06}.xml')
    (year / 'ImageSets' / 'Main').mkdir(parents=True)
    for split in ('train', 'val', 'trainval', 'test'):
        (year / 'ImageSets' / 'Main' / f'{split}.txt').write_text('\n'.join(names) + '\n')
    return root


@pytest.fixture(scope='session')
def tiny_config(tmp_path_factory: pytest.TempPathFactory, tiny_coco: Path) -> Path:
    """The config of a GFL detector that trains on ``tiny_coco`` in a second an epoch."""
    path = tmp_path_factory.mktemp('tiny_config') / 'tiny.py'
    path.write_text(DETECTOR.replace('{root}', tiny_coco.as_posix()))
    return path


@pytest.fixture(scope='session')
def run_tool() -> Callable[..., None]:
    """Run ``tools/NAME.py`` with arguments in this process.

    Every run is named anew, because MMEngine shares its log between runs of one name.
    """
    names = (f'experiment_name=run_{i}' for i in itertools.count())

    def run(name: str, *args: object) -> None:
        main = runpy.run_path(str(TOOLS / f'{name}.py'))['main']
        main([*map(str, args), '--cfg-options', next(names)])

    return run


@pytest.fixture(scope='session')
def tiny_run(
    tmp_path_factory: pytest.TempPathFactory, tiny_config: Path, run_tool: Callable[..., None]
) -> Path:
    """The work directory of ``tiny_config`` trained for its two epochs; not to be changed."""
    work_dir = tmp_path_factory.mktemp('tiny_run')
    run_tool('train', tiny_config, '--work-dir', work_dir)
    return work_dir


def _scenes(count: int = 8) -> list[tuple[NDArray[np.uint8], list[Box]]]:
    """Two rectangles side by side in every image, each in its class's colour."""
    rng = np.random.default_rng(0)
    scenes = []
    for _ in range(count):
        pixels = np.full((SIDE, SIDE, 3), 127, np.uint8)
        boxes = []
        for left, label in zip((0, SIDE // 2), rng.permutation(list(CLASSES)), strict=False):
            w, h = (int(n) for n in rng.integers(16, 30, 2))
            x, y = left + int(rng.integers(0, 32 - w)), int(rng.integers(0, SIDE - h))
            pixels[y : y + h, x : x + w] = CLASSES[label]
            boxes.append((str(label), x, y, w, h))
        scenes.append((pixels, boxes))
    return scenes


def _save(pixels: NDArray[np.uint8], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def _add(parent: ElementTree.Element, tag: str, **values: object) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag)
    for key, value in values.items():
        ElementTree.SubElement(child, key).text = str(value)
    return child
