from typing import Any

import pytest
from mmdet.registry import MODELS
from mmengine.config import Config

from pisnas_mm.deployment.card import Card
from pisnas_mm.deployment.preparation import Options, card_of
from tests.test_deployment.test_images import config
from tests.test_models.heads import HEADS


def read(cfg: Config, **options: Any) -> Card:
    return card_of(cfg, MODELS.build(HEADS['GFLHead']), Options(**options))


@pytest.mark.parametrize(
    ('pipeline', 'options', 'shape', 'scale'),
    [
        ('letterbox', {}, (128, 128), (128, 128)),
        ('letterbox', dict(dynamic=('size',)), (128, 128), (128, 128)),
        ('letterbox', dict(shape=(64, 96)), (64, 96), (96, 96)),
        ('edges', {}, (96, 160), (160, 160)),
        ('edges', dict(dynamic=('size', 'batch')), None, (133, 80)),
        ('stretched', {}, (64, 96), (96, 64)),
        ('stretched', dict(shape=(32, 64)), (32, 64), (64, 32)),
    ],
)
def test_shapes(
    pipeline: str, options: dict[str, Any], shape: object, scale: tuple[int, int]
) -> None:
    found = read(config(pipeline, 'rgb'), **options)
    assert (found.shape, found.scale) == (shape, scale)


def test_a_card_comes_back_from_a_model_as_it_was() -> None:
    own = read(config('edges', 'yolo'), dynamic=('size',))
    assert Card.from_metadata({'pisnas_mm': own.to_json()}, 'a.onnx') == own


@pytest.mark.parametrize('metadata', [{}, {'pisnas_mm': 'x'}, {'pisnas_mm': '{"classes": []}'}])
def test_a_model_of_others_is_refused_in_a_line(metadata: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r'^a\.onnx does not say how it is used; write it'):
        Card.from_metadata(metadata, 'a.onnx')


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(shape=(65, 96)), 'height of --shape should be a multiple of 32, .* 65; take 64'),
        (dict(shape=(64, 16)), 'width of --shape should be a multiple of 32, .* 16; take 32'),
        (dict(dynamic=('batch', 'colour')), '--dynamic should be of batch, size, but got colour'),
        (dict(precision='int4'), '--precision should be fp32 or fp16, but got int4'),
        (dict(opset=11), '--opset should be from 18 to 23, but got 11'),
    ],
)
def test_bad_options_are_a_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(config('edges', 'rgb'), **options)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (
            {'test_dataloader.dataset.pipeline': [dict(type='RandomCrop', crop_size=(8, 8))]},
            'RandomCrop is no step of a deployed detector',
        ),
        ({'test_dataloader.dataset.pipeline': []}, 'should have a Resize with a scale'),
        ({'model.data_preprocessor.type': 'Own'}, 'a Own cannot be exported'),
    ],
)
def test_what_a_deployed_detector_cannot_do_is_a_line(change: dict[str, Any], message: str) -> None:
    cfg = config('edges', 'rgb')
    cfg.merge_from_dict(change)
    with pytest.raises(ValueError, match=message):
        read(cfg)


def test_other_suppression_is_refused_in_a_line() -> None:
    head = MODELS.build(HEADS['GFLHead'])
    head.test_cfg = dict(head.test_cfg, nms=dict(type='soft_nms', iou_threshold=0.5))
    with pytest.raises(ValueError, match='soft_nms cannot be exported, only nms'):
        card_of(config('edges', 'rgb'), head, Options())
