"""A model file evaluated by a config's own metrics, and in 8 bits."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from pisnas_mm.deployment import Detector
from pisnas_mm.deployment.images import Picture

Deploy = Callable[..., None]


def reported(work_dir: Path) -> dict[str, float]:
    (path,) = work_dir.glob('*/*.json')
    return json.loads(path.read_text())


def test_the_metrics_are_those_of_pytorch(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tiny_config: Path,
    tiny_run: Path,
    plain: Path,
    run_tool: Callable[..., None],
    deploy: Deploy,
    pictures: list[Picture],
) -> None:
    run_tool('test', tiny_config, tiny_run / 'epoch_2.pth', '--work-dir', tmp_path / 'torch')
    expected = reported(tmp_path / 'torch')
    model = tmp_path / 'model.onnx'
    model.write_bytes(plain.read_bytes())
    deploy('test', model, tiny_config, '--int8', '--work-dir', tmp_path / 'onnx')
    said = capsys.readouterr().out
    assert 'ms an image, from file to boxes (cpu)' in said
    found = reported(tmp_path / 'onnx/model')
    assert found['coco/bbox_mAP'] == pytest.approx(expected['coco/bbox_mAP'], abs=1e-3)
    assert expected['coco/bbox_mAP_50'] > 0

    assert 'coco/bbox_mAP' in reported(tmp_path / 'onnx/model.int8')

    small = tmp_path / 'model.int8.onnx'
    assert str(small) in said
    weights = [w for w in onnx.load(small).graph.initializer if len(w.dims) == 4]
    assert {w.data_type for w in weights} == {onnx.TensorProto.INT8}
    detector = Detector(small)
    assert detector.card.precision == 'int8'
    one, other = detector(pictures[0]), Detector(plain)(pictures[0])
    np.testing.assert_allclose(one.scores[:1], other.scores[:1], atol=0.1)


def test_half_precision_is_not_quantised(tmp_path: Path, plain: Path, tiny_coco: Path) -> None:
    from pisnas_mm.deployment.quantisation import quantise

    model = onnx.load(plain)
    (card,) = model.metadata_props
    card.value = card.value.replace('fp32', 'fp16')
    onnx.save(model, tmp_path / 'half.onnx')
    with pytest.raises(ValueError, match='is fp16, but --int8 begins with one in fp32'):
        quantise(tmp_path / 'half.onnx', tmp_path / 'out.onnx', [tiny_coco / 'images/000.png'])
    with pytest.raises(ValueError, match='--int8 needs training images'):
        quantise(plain, tmp_path / 'out.onnx', [])
