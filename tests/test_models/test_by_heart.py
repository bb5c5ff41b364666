"""Detectors of every kind learn ten images by heart: what the paper compares with, on a CPU."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pisnas_mm.datasets.digits import DigitsSettings, make_digits
from pisnas_mm.utils.configs import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
YOLOS = ('yolov5/yolov5_n', 'yolov6/yolov6_n', 'yolov7/yolov7_tiny', 'yolov8/yolov8_n')
DIGITS = ('datasets/digits', 'schedules/digits', 'default_runtime')


def published(name: str) -> tuple[dict[str, Any], list[int]]:
    cfg = load_config(str(CONFIGS / f'published/{name}.py'))
    return cfg.backbone.to_dict(), list(cfg.neck_channels)


def spinenet() -> dict[str, Any]:
    """SpineNet-49S; its norms follow 240 steps, where the authors' follow thousands."""
    fast = dict(momentum=0.1)
    return dict(
        data_preprocessor=dict(pad_size_divisor=128),
        backbone=dict(size='49S', norm_cfg=fast),
        bbox_head=dict(
            num_classes=10,
            in_channels=128,
            feat_channels=64,
            stacked_convs=1,
            norm_cfg=fast,
            anchor_generator=dict(octave_base_scale=2),  # digits are small
        ),
    )


def detnas() -> dict[str, Any]:
    """DetNASNet-300M whole, and a narrow second stage."""
    backbone, channels = published('detnas_300m')
    head = dict(in_channels=32, conv_out_channels=32, fc_out_channels=128, num_classes=10)
    return dict(backbone=backbone) | two_stages(channels, 32, head, dict(sampler=dict(num=64)))


def spnet() -> dict[str, Any]:
    """SP-NAS's parallel form with an eighth of its channels and a block a stage."""
    backbone, channels = published('spnet')
    for block in backbone['arch']:
        for name in ('out_channels', 'mid_channels', 'in_channels'):
            if block.get(name, 3) != 3:
                block[name] //= 8
        if 'groups' in block:
            block |= dict(groups=4, num_blocks=1)
    head = dict(
        type='Shared2FCBBoxHead',
        in_channels=32,
        fc_out_channels=128,
        roi_feat_size=7,
        num_classes=10,
        reg_class_agnostic=True,
        loss_cls=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0),
        loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=1.0),
    )
    spreads = ((0.1, 0.2), (0.05, 0.1), (0.033, 0.067))
    heads = [
        dict(head, bbox_coder=dict(type='DeltaXYWHBBoxCoder', target_stds=[a, a, b, b]))
        for a, b in spreads
    ]
    return dict(backbone=backbone) | two_stages([c // 8 for c in channels], 32, heads, None)


def two_stages(channels: list[int], width: int, head: Any, rcnn: Any) -> dict[str, Any]:
    return dict(
        neck=dict(in_channels=channels, out_channels=width),
        rpn_head=dict(
            in_channels=width, feat_channels=width, anchor_generator=dict(scales=[4])
        ),  # digits are small
        roi_head=dict(bbox_roi_extractor=dict(out_channels=width), bbox_head=head),
        train_cfg=dict(
            rpn=dict(sampler=dict(num=64)),
            rpn_proposal=dict(max_per_img=200),
            **(dict(rcnn=rcnn) if rcnn else {}),
        ),
        test_cfg=dict(rpn=dict(max_per_img=100)),
    )


OTHERS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    'SpineNet': ('retinanet_spinenet', spinenet),
    'DetNAS': ('faster_rcnn_fpn', detnas),
    'SP-NAS': ('cascade_rcnn_fpn', spnet),
}


def entries_of(kind: str) -> dict[str, Any]:
    """The smallest of a kind, on digits."""
    if kind in YOLOS:
        return dict(_base_=[f'{CONFIGS}/{kind}_5e_digits.py'])
    base, model = OTHERS[kind]
    bases = [f'{CONFIGS}/_base_/{name}.py' for name in (f'detectors/{base}', *DIGITS)]
    return dict(_base_=bases, custom_imports=dict(imports=['pisnas_mm.models']), model=model())


@pytest.mark.skipif('PISNAS_MM_LONG_TESTS' not in os.environ, reason='takes minutes')
@pytest.mark.parametrize('kind', [*YOLOS, *OTHERS])
def test_ten_images_are_learnt_by_heart(
    kind: str, tmp_path: Path, run_tool: Callable[..., None]
) -> None:
    """It is trained on ten images of digits and evaluated on the same."""
    make_digits(tmp_path / 'digits', DigitsSettings(num_train=10, num_val=1, image_size=128))
    data = dict(
        data_root=f'{tmp_path}/digits/',
        ann_file='annotations/train.json',
        data_prefix=dict(img='train/'),
    )
    loader = dict(num_workers=0, persistent_workers=False, dataset=data)
    epochs = 120
    optimizer = dict(weight_decay=5e-4) | ({} if kind in YOLOS else dict(lr=2e-3))
    entries = entries_of(kind) | dict(
        train_dataloader=dict(loader, batch_size=5),
        val_dataloader=dict(loader, batch_size=10),
        test_dataloader=dict(loader, batch_size=10),
        val_evaluator=dict(ann_file=f'{tmp_path}/digits/annotations/train.json'),
        train_cfg=dict(max_epochs=epochs, val_interval=epochs),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.1, by_epoch=False, end=20),
            dict(type='CosineAnnealingLR', T_max=epochs, convert_to_iter_based=True),
        ],
        # Levels share convolutions in SpineNet's head.
        optim_wrapper=dict(optimizer=optimizer, paramwise_cfg=dict(bypass_duplicate=True)),
        default_hooks=dict(checkpoint=dict(interval=epochs)),
        # MMEngine shares logs between runs of one name.
        experiment_name=tmp_path.name,
        visualizer=dict(name=tmp_path.name),
    )
    path = tmp_path / 'ten.py'
    path.write_text('\n'.join(f'{key} = {value!r}' for key, value in entries.items()))
    run_tool('train', path, '--work-dir', tmp_path)
    (log,) = tmp_path.glob('*/vis_data/scalars.json')
    found = [
        line for line in map(json.loads, log.read_text().splitlines()) if 'coco/bbox_mAP_50' in line
    ]
    assert found[-1]['coco/bbox_mAP_50'] >= 0.9
