"""Images made ready beside MMDetection's pipeline and preprocessor."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmcv.transforms import Compose
from mmdet.registry import MODELS, TRANSFORMS
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from PIL import Image

from pisnas_mm.deployment.images import make_ready, read_image
from pisnas_mm.deployment.preparation import Options, card_of, takes_rgb
from tests.test_deployment.cards import card
from tests.test_models.heads import HEADS

GREY = (114, 114, 100)
MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
PIPELINES: dict[str, list[dict[str, Any]]] = {
    'edges': [dict(type='Resize', scale=(133, 80), keep_ratio=True)],
    'stretched': [dict(type='Resize', scale=(96, 64), keep_ratio=False)],
    'letterbox': [
        dict(type='Resize', scale=(128, 128), keep_ratio=True),
        dict(type='Pad', size=(128, 128), pad_val=dict(img=GREY)),
    ],
}
PREPROCESSORS = {
    'rgb': dict(mean=MEAN, std=STD, bgr_to_rgb=True, pad_size_divisor=32),
    'bgr': dict(mean=MEAN, std=STD, pad_size_divisor=32),
    'yolo': dict(
        mean=[0.0] * 3, std=[255.0] * 3, bgr_to_rgb=True, pad_size_divisor=32, pad_value=114 / 255
    ),
}


def config(pipeline: str, preprocessor: str) -> Config:
    pack = dict(type='PackDetInputs', meta_keys=('img_shape', 'scale_factor'))
    steps = [dict(type='LoadImageFromFile'), *PIPELINES[pipeline], pack]
    return Config(
        dict(
            model=dict(
                data_preprocessor=dict(type='DetDataPreprocessor', **PREPROCESSORS[preprocessor])
            ),
            test_dataloader=dict(
                dataset=dict(type='CocoDataset', metainfo=dict(classes=('a',)), pipeline=steps)
            ),
        )
    )


@pytest.mark.parametrize('pipeline', PIPELINES)
@pytest.mark.parametrize('preprocessor', PREPROCESSORS)
@pytest.mark.parametrize('size', [(75, 50), (50, 75), (200, 131), (128, 128), (301, 20)])
def test_pixels_are_those_that_the_detector_was_trained_on(
    tmp_path: Path, pipeline: str, preprocessor: str, size: tuple[int, int]
) -> None:
    init_default_scope('mmdet')
    width, height = size
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    path = tmp_path / 'image.png'
    Image.fromarray(noise).save(path)

    cfg = config(pipeline, preprocessor)
    steps = Compose([TRANSFORMS.build(s) for s in cfg.test_dataloader.dataset.pipeline])
    packed = steps(dict(img_path=str(path), img_id=0))
    built = MODELS.build(cfg.model.data_preprocessor)
    expected = built(pseudo_collate([packed]))['inputs'].numpy()

    own = card_of(cfg, MODELS.build(HEADS['GFLHead']), Options(dynamic=('size',)))
    ready = make_ready(read_image(path), own)
    mean, std = (np.array(v, np.float32).reshape(1, 3, 1, 1) for v in (own.mean, own.std))
    found = (ready.pixels - mean) / std
    if not takes_rgb(cfg.model.data_preprocessor):
        found = found[:, ::-1]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(ready.factors[:2], packed['data_samples'].scale_factor, rtol=1e-6)


def test_a_fixed_shape_is_filled_as_far_as_the_ratio_lets_it() -> None:
    picture = np.full((100, 50, 3), 200, np.uint8)
    own = card(scale=(128, 128), shape=(64, 128), pad=(1.0, 2.0, 3.0))
    ready = make_ready(picture, own)
    assert ready.pixels.shape == (1, 3, 64, 128)
    assert ready.content == (64, 32)
    assert (ready.pixels[..., :32] == 200).all()
    assert (ready.pixels[0, :, :, 32:] == np.array([1, 2, 3]).reshape(3, 1, 1)).all()


def test_a_turned_photograph_stands_upright(tmp_path: Path) -> None:
    image = Image.new('RGB', (20, 10))
    noted = Image.Exif()
    noted[0x0112] = 6  # its camera was turned by 90 degrees
    image.save(tmp_path / 'turned.jpg', exif=noted)
    assert read_image(tmp_path / 'turned.jpg').shape == (20, 10, 3)


@pytest.mark.parametrize('content', [b'', b'no image', b'\x89PNG\r\n\x1a\n'])
def test_an_image_that_does_not_open_is_a_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / 'broken.png'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'broken\.png does not open') as refused:
        read_image(path)
    assert '\n' not in str(refused.value)


@pytest.mark.parametrize(
    'image', [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((4, 4, 4), np.uint8)]
)
def test_other_arrays_are_refused(image: Any) -> None:
    with pytest.raises(ValueError, match='an image should be uint8 of shape'):
        read_image(image)


def test_a_missing_image_is_a_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'none\.jpg not found; looked for'):
        read_image(tmp_path / 'none.jpg')
