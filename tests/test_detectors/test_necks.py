"""Bases of MMDetection's own: their necks are wired as their own backbones were.

All of docs/how-to/bases.md's table are built here; a few are trained a step.
"""

import logging
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from mmdet.registry import MODELS
from mmdet.testing import demo_mm_inputs
from mmengine.config import Config
from mmengine.registry import init_default_scope

import pisnas_mm.models  # noqa: F401  (registers the backbone)
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors import bases
from pisnas_mm.detectors.bases import base_file
from pisnas_mm.detectors.detector import check_detector, detector_config
from tests.test_detectors.stock import NOT, STOCK

WIDTHS = (8, 16, 24, 32, 40)
GENOTYPE = Genotype.from_list(
    [
        dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
        *(
            dict(type='BasicStage', in_channels=a, out_channels=b, mid_channels=8, stride=2)
            for a, b in pairwise(WIDTHS)
        ),
    ]
)


def composed(name: str, **entries: Any) -> Config:
    return detector_config(GENOTYPE, dict(base=[f'mmdet::{name}'], **entries), Path())


@pytest.mark.parametrize(('name', 'levels'), STOCK.items())
def test_stock_bases_get_the_levels_that_they_were_made_for(
    name: str, levels: tuple[int, ...]
) -> None:
    model = composed(name).model
    neck = model.neck[0] if isinstance(model.neck, list) else model.neck
    channels = [WIDTHS[i] for i in levels]
    assert model.backbone.out_indices == levels
    expected = channels[0] if isinstance(neck.in_channels, int) else channels
    assert neck.in_channels in (expected, channels[::-1])
    if neck.type == 'YOLOV3Neck':  # the one that wants the coarsest first
        assert neck.in_channels == channels[::-1]
    init_default_scope('mmdet')
    with torch.device('meta'):
        neck_module = MODELS.build(model.neck)
    assert neck_module


@pytest.mark.parametrize(
    'name',
    [
        'gfl/gfl_r50_fpn_1x_coco.py',
        'yolo/yolov3_d53_8xb8-320-273e_coco.py',
        'detr/detr_r18_8xb2-500e_coco.py',
    ],
)
def test_a_step_of_training(name: str) -> None:
    init_default_scope('mmdet')
    torch.manual_seed(0)
    model = MODELS.build(composed(name).model).train()
    data = demo_mm_inputs(1, [[3, 96, 96]], num_classes=3)
    losses = model(**model.data_preprocessor(data, True), mode='loss')
    loss, _ = model.parse_losses(losses)
    loss.backward()
    assert loss.isfinite()
    for key, parameter in model.named_parameters():
        assert parameter.grad is not None or not parameter.requires_grad, key


def test_a_list_of_necks_is_wired_at_its_first() -> None:
    stock = Config.fromfile(base_file(Path(), 'mmdet::dyhead/atss_r50_fpn_dyhead_1x_coco.py'))
    fpn, dyhead = composed('dyhead/atss_r50_fpn_dyhead_1x_coco.py').model.neck
    assert fpn == stock.model.neck[0] | dict(in_channels=[16, 24, 32, 40])
    assert dyhead == stock.model.neck[1]


def test_the_neck_begins_where_the_backbone_does() -> None:
    three = dict(backbone=dict(out_indices=(2, 3, 4)))
    neck = composed('gfl/gfl_r50_fpn_1x_coco.py', **three).model.neck
    assert (neck.in_channels, neck.start_level) == ([24, 32, 40], 0)  # strides 8, 16, ... as before
    message = 'from stride 8 on, but the base tells it 4; give stages from 1 on'
    with pytest.raises(ValueError, match=message):
        composed('faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py', **three)


@pytest.mark.parametrize(('name', 'message'), NOT.items())
def test_what_cannot_be_wired_is_one_line(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        composed(name)
    assert '\n' not in str(refused.value)


@pytest.mark.parametrize(
    ('model', 'message'),
    [
        ('5', 'detector.base: model should be a dict, but got 5'),
        ("dict(type='GFL')", "model 'GFL' has no neck"),
        ("dict(type='GFL', neck=None)", "model 'GFL' has no neck"),
        ("dict(type='GFL', neck=[])", "model 'GFL' has no neck"),
        ("dict(type='GFL', neck=['FPN'])", "model 'GFL' has no neck"),
        ("dict(neck=[dict(type='mmdet.SSDNeck', in_channels=(512, 1024))])", 'SSDNeck cannot get'),
        (
            "dict(neck=dict(type='FPN', in_channels=[8] * 4, start_level='1'))",
            "start_level of the neck should be a whole number >= 0, but got '1'",
        ),
    ],
)
def test_bases_without_a_neck_to_wire_are_one_line(
    tmp_path: Path, model: str, message: str
) -> None:
    (tmp_path / 'base.py').write_text(f'model = {model}\n')
    with pytest.raises(ValueError, match=message) as refused:
        detector_config(GENOTYPE, dict(base=['base.py']), tmp_path)
    assert '\n' not in str(refused.value)


def test_checkpoints_are_left_out_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pretrained = "dict(type='Pretrained', checkpoint='torchvision://resnet50')"
    (tmp_path / 'base.py').write_text(
        f"_base_ = ['mmdet::gfl/gfl_r50_fpn_1x_coco.py']\n"
        f"load_from = 'coco.pth'\nmodel = dict(neck=dict(init_cfg={pretrained}))\n"
    )
    detector = dict(base=['base.py'])
    with caplog.at_level(logging.WARNING, 'pisnas_mm'):
        check_detector(detector, tmp_path, GENOTYPE)
    (record,) = caplog.records
    places = 'load_from, model.backbone.init_cfg, model.neck.init_cfg'
    assert record.getMessage().endswith(f'are left out: {places}')
    cfg = detector_config(GENOTYPE, detector, tmp_path)
    assert cfg.load_from is None
    assert 'Pretrained' not in cfg.pretty_text
    mine = detector_config(GENOTYPE, detector | dict(options=dict(load_from='mine.pth')), tmp_path)
    assert mine.load_from == 'mine.pth'


def test_without_mmdetection_its_bases_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases, 'find_spec', lambda name: None)
    with pytest.raises(ValueError, match='needs mmdet, which is not installed here') as refused:
        check_detector(dict(base=['mmdet::gfl/gfl_r50_fpn_1x_coco.py']), Path(), None)
    assert '\n' not in str(refused.value)


def test_a_stock_config_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match=r'/gfl/gone\.py not found$'):
        check_detector(dict(base=['mmdet::gfl/gone.py']), Path(), None)
