import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.test_visualization import searched

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/demo_summary.py'


@pytest.fixture
def summarise(capsys):
    spec = importlib.util.spec_from_file_location('demo_summary', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def run(*args):
        module.main([*map(str, args)])
        return capsys.readouterr().out

    return run


@pytest.fixture
def demo(tmp_path):
    """What a demo leaves, as far as the summary reads it."""
    search, train = tmp_path / 'search', tmp_path / 'train'
    searched.run(search)
    (search / 'small_detector.py').touch()
    (train / 'run').mkdir(parents=True)
    (train / 'last_checkpoint').write_text('epoch_1.pth')
    metrics = {'coco/bbox_mAP': 0.5, 'coco/bbox_mAP_50': 0.75}
    (train / 'run' / 'run.json').write_text(json.dumps(metrics))
    return search, train


def test_report_and_detections_are_named_where_they_are(summarise, demo):
    search, train = demo
    out = summarise(search, train)
    assert 'COCO mAP 0.500  mAP50 0.750' in out
    assert 'report.html' not in out
    assert 'detections  ' not in out
    (search / 'report.html').touch()
    shown = train / 'run' / 'shown'
    shown.mkdir()
    for i in range(14):
        Image.new('RGB', (20, 10)).save(shown / f'{i:02}.png')
    out = summarise(search, train)
    assert f'report      {search}/report.html' in out
    assert f'detections  {search}/detections.png' in out
    with Image.open(search / 'detections.png') as image:
        assert image.size == (3 * 20 + 12, 2 * 10 + 6)  # six, with gaps


def test_the_exported_model_and_its_picture_are_named(summarise, demo):
    search, train = demo
    assert 'exported    ' not in summarise(search, train)
    (search / 'detector.onnx').touch()
    (search / 'predicted').mkdir()
    Image.new('RGB', (20, 10)).save(search / 'predicted/val_000000.png')
    out = summarise(search, train)
    assert f'exported    {search}/detector.onnx' in out
    assert f'predicted   {search}/predicted/val_000000.png' in out


def test_what_was_verified_is_what_was_trained(summarise, demo):
    search, train = demo
    assert 'Detector with the searched backbone, trained' in summarise(search, train)
    sentence = 'searched-1 and seed cannot be told apart: take seed, which you have.'
    verdict = {'use': 'seed', 'sentence': sentence}
    (search / 'verification.json').write_text(json.dumps({'verdict': verdict}))
    (search / 'small_verified_detector.py').touch()
    out = summarise(search, train)
    assert f'Verified, by a few steps of training: {sentence}' in out
    assert 'Detector with seed, trained from scratch' in out
    assert f'config      {search}/small_verified_detector.py' in out
