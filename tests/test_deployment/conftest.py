"""Exported models, made once: exporting takes seconds."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pisnas_mm.deployment.images import Picture, read_image
from pisnas_mm.deployment.preparation import Options

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')
pytest.importorskip('onnxscript')

TOOLS = Path(__file__).parents[2] / 'tools/deployment'


@pytest.fixture(scope='session')
def deploy() -> Callable[..., None]:
    """Run ``tools/deployment/NAME.py`` with arguments in this process."""

    def run(name: str, *args: object) -> None:
        runpy.run_path(str(TOOLS / f'{name}.py'))['main']([*map(str, args)])

    return run


@pytest.fixture(scope='session')
def pictures(tiny_coco: Path) -> list[Picture]:
    return [read_image(path) for path in sorted((tiny_coco / 'images').iterdir())]


@pytest.fixture(scope='session')
def plain(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_config: Path,
    tiny_run: Path,
    deploy: Callable[..., None],
) -> Path:
    """The tiny detector, trained, for images of 64 x 64."""
    path = tmp_path_factory.mktemp('plain') / 'model.onnx'
    deploy('export', tiny_config, tiny_run / 'epoch_2.pth', '--out', path)
    return path


@pytest.fixture(scope='session')
def free(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_config: Path,
    tiny_run: Path,
    pictures: list[Picture],
) -> Path:
    """The same for any number of images of any size, which chooses detections itself."""
    from pisnas_mm.deployment.exporting import export_detector
    from pisnas_mm.detectors.data import load_with_data

    path = tmp_path_factory.mktemp('free') / 'model.onnx'
    options = Options(dynamic=('batch', 'size'), with_nms=True)
    cfg = load_with_data(tiny_config)
    export_detector(cfg, tiny_run / 'epoch_2.pth', path, options, pictures[:2])
    return path


@pytest.fixture
def noise() -> Any:
    return np.random.default_rng(0).integers(0, 256, (50, 70, 3), np.uint8)
