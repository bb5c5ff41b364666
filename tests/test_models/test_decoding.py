"""Decoding beside what MMDetection's own heads make of the same outputs."""

from collections.abc import Sequence

import pytest
import torch
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from torch import Tensor

from pisnas_mm.models.decoding import DECODERS, decode, decoder_of, grid_of
from tests.test_models.heads import HEADS, SHAPE, outputs_of

FAMILIES = sorted(HEADS)


@pytest.mark.parametrize('family', FAMILIES)
def test_boxes_and_scores_are_those_of_the_heads_themselves(family: str) -> None:
    head = MODELS.build(ConfigDict(HEADS[family]))
    outputs = outputs_of(head)
    metas = [dict(img_shape=SHAPE)] * 2
    cfg = ConfigDict(head.test_cfg, nms_pre=10**6, min_bbox_size=-1)
    expected = head.predict_by_feat(
        *outputs, batch_img_metas=metas, cfg=cfg, rescale=False, with_nms=False
    )
    boxes, scores = decode(head, outputs, SHAPE)
    assert boxes.shape[:2] == scores.shape[:2]
    for image, wanted in enumerate(expected):
        least = 0 if family == 'FCOSHead' else cfg.score_thr
        points, labels = torch.nonzero(scores[image] > least, as_tuple=True)
        values = scores[image, points, labels]
        assert len(values) > 50
        factors = getattr(wanted, 'score_factors', torch.ones(()))
        one, other = (v.argsort(descending=True) for v in (values, wanted.scores * factors))
        torch.testing.assert_close(values[one], (wanted.scores * factors)[other])
        assert labels[one].equal(wanted.labels[other])
        torch.testing.assert_close(boxes[image, points][one], wanted.bboxes[other])


@pytest.mark.parametrize('family', FAMILIES)
def test_points_stand_level_by_level(family: str) -> None:
    head = MODELS.build(ConfigDict(HEADS[family]))
    boxes, _ = decode(head, outputs_of(head), SHAPE)
    cells = sum(-(-SHAPE[0] // s) * -(-SHAPE[1] // s) for s in (8, 16, 32))
    assert boxes.shape == (2, cells * grid_of(head).per_cell, 4)
    assert grid_of(head).strides == (8, 16, 32)


def test_every_family_is_tested() -> None:
    assert {cls.__name__ for cls in DECODERS} == set(HEADS)


def refusal(head: object) -> str:
    with pytest.raises(ValueError, match=r'cannot be exported|can be exported') as refused:
        decoder_of(head)  # type: ignore[arg-type]
    return str(refused.value)


def test_other_heads_are_refused_in_a_line() -> None:
    own = ('loss_dfl', 'reg_max', 'loss_cls')
    cfg = {key: value for key, value in HEADS['GFLHead'].items() if key not in own}
    atss = MODELS.build(ConfigDict(cfg, type='ATSSHead'))
    assert refusal(atss).startswith('model.bbox_head: a ATSSHead cannot be exported')


def test_softmax_is_refused_in_a_line() -> None:
    cfg = ConfigDict(HEADS['RetinaHead'])
    cfg.loss_cls = dict(type='CrossEntropyLoss', use_sigmoid=False)
    assert refusal(MODELS.build(cfg)).startswith('model.bbox_head.loss_cls: only classes with')


def halves(outputs: Sequence[Sequence[Tensor]]) -> list[list[Tensor]]:
    return [[level[:1] for level in levels] for levels in outputs]


@pytest.mark.parametrize('family', FAMILIES)
def test_images_do_not_see_each_other(family: str) -> None:
    head = MODELS.build(ConfigDict(HEADS[family]))
    outputs = outputs_of(head)
    for both, alone in zip(
        decode(head, outputs, SHAPE), decode(head, halves(outputs), SHAPE), strict=True
    ):
        torch.testing.assert_close(both[:1], alone)
