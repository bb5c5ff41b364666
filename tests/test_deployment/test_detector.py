"""Models in their runtimes, without torch."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest

from pisnas_mm.deployment import Detector
from pisnas_mm.deployment.images import Picture
from pisnas_mm.deployment.runtimes import RUNTIMES, open_model

Deploy = Callable[..., None]
ROOT = Path(__file__).parents[2]

BLOCKED = """
import sys
from importlib.abc import MetaPathFinder

class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {'torch', 'mmdet', 'mmcv', 'mmengine', 'onnx', 'rich', 'PIL'}:
            raise ImportError(f'{name} is not here')

sys.meta_path.insert(0, Blocked())
"""


def without_torch(code: str, *args: object) -> 'subprocess.CompletedProcess[str]':
    return subprocess.run(
        [sys.executable, '-c', BLOCKED + code, *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_three_lines_without_torch(plain: Path, tiny_coco: Path) -> None:
    done = without_torch(
        'from pisnas_mm.deployment import Detector\n'
        'for name, score, box in Detector(sys.argv[1])(sys.argv[2]):\n'
        '    print(name, score, *box)\n',
        *(plain, tiny_coco / 'images/000.png'),
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines
    assert {line[0] for line in lines} <= {'red', 'green', 'blue'}
    expected = [[d.name, str(d.score)] for d in Detector(plain)(tiny_coco / 'images/000.png')]
    assert [line[:2] for line in lines] == expected


def test_the_program_without_torch(tmp_path: Path, plain: Path, tiny_coco: Path) -> None:
    out = tmp_path / 'out'
    done = without_torch(
        'import runpy\nmain = runpy.run_path("tools/deployment/predict.py")["main"]\nmain()\n',
        *(plain, tiny_coco / 'images', '--out', out, '--score-thr', '0.02'),
    )
    assert done.returncode == 0, done.stderr
    assert '8 of 8, ' in done.stderr
    found = json.loads((out / 'detections.json').read_text())
    assert [image['file_name'] for image in found['images']] == [f'{i:03}.png' for i in range(8)]
    assert [c['name'] for c in found['categories']] == ['red', 'green', 'blue']
    detector = Detector(plain, score_thr=0.02)
    expected = detector(tiny_coco / 'images/003.png')
    own = [a for a in found['annotations'] if a['image_id'] == 4]
    assert len(own) == len(expected) > 0
    left, top, right, bottom = expected.boxes[0].tolist()
    assert own[0]['bbox'] == pytest.approx([left, top, right - left, bottom - top], abs=0.02)
    assert own[0]['category_id'] == expected.labels[0] + 1
    painted = cv2.imread(str(out / '003.png'))
    assert painted.shape == (64, 64, 3)
    assert (painted != cv2.imread(str(tiny_coco / 'images/003.png'))).any()


def test_a_video(tmp_path: Path, plain: Path, pictures: list[Picture], deploy: Deploy) -> None:
    video = tmp_path / 'in.avi'
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*'MJPG'), 10, (64, 64))
    if not writer.isOpened():
        pytest.skip('this OpenCV writes no video')
    for picture in pictures:
        writer.write(picture)
    writer.release()
    deploy('predict', plain, video, '--out', tmp_path / 'out', '--score-thr', 0.02)
    found = json.loads((tmp_path / 'out/detections.json').read_text())
    assert len(found['images']) == len(pictures)
    capture = cv2.VideoCapture(str(tmp_path / 'out/video.mp4'))
    assert int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) == len(pictures)


def test_boxes_are_in_pixels_of_the_image_and_within_it(
    plain: Path, pictures: list[Picture]
) -> None:
    detector = Detector(plain)
    small = detector(pictures[0])
    large = detector(cv2.resize(pictures[0], (192, 128), interpolation=cv2.INTER_NEAREST))
    assert len(small) == len(large) > 0
    np.testing.assert_allclose(large.boxes, small.boxes * [3, 2, 3, 2], atol=1.5)
    assert (large.boxes >= 0).all()
    assert (large.boxes <= [192, 128, 192, 128]).all()


def test_openvino_gives_the_same(plain: Path, free: Path, pictures: list[Picture]) -> None:
    pytest.importorskip('openvino')
    for model in (plain, free):
        one, other = (Detector(model, runtime)(pictures[0]) for runtime in ('cpu', 'openvino'))
        assert len(one) == len(other) > 0
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-4)
        np.testing.assert_allclose(one.boxes, other.boxes, atol=0.05)
        assert one.labels.tolist() == other.labels.tolist()


@pytest.mark.parametrize('runtime', ['cpu', 'openvino'])
@pytest.mark.parametrize('content', [b'', b'no model', b'half'])
def test_a_broken_model_is_a_line(
    tmp_path: Path, plain: Path, runtime: str, content: bytes
) -> None:
    if runtime == 'openvino':
        pytest.importorskip('openvino')
    path = tmp_path / 'broken.onnx'
    whole = plain.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content == b'half' else content)
    with pytest.raises(ValueError, match=r'broken\.onnx') as refused:
        open_model(path, runtime)
    assert '\n' not in str(refused.value)


def test_a_model_of_others_is_a_line(tmp_path: Path, plain: Path) -> None:
    model = onnx.load(plain)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / 'other.onnx')
    for runtime in ('cpu', 'openvino'):
        if runtime == 'openvino':
            pytest.importorskip('openvino')
        with pytest.raises(ValueError, match='does not say how it is used'):
            Detector(tmp_path / 'other.onnx', runtime)


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['none.onnx', 'a.png'], 'model none.onnx not found'),
        (['{model}', 'none.png'], 'image none.png not found'),
        (['{model}', '{empty}'], 'has no images (.bmp, '),
        (['{model}', '{model}'], 'model.onnx does not open: it is broken, or no image'),
        (['{model}', '{video}'], 'in.mp4 does not open: it is broken, or OpenCV has no reader'),
        (['{model}', '{image}', '--runtime', 'abacus'], 'runtime should be one of cpu, cuda, '),
        (['{model}', '{image}', '--shape', '32', '32'], 'takes images of (64, 64) only'),
    ],
)
def test_bad_input_is_a_line(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    plain: Path,
    tiny_coco: Path,
    deploy: Deploy,
    args: list[str],
    message: str,
) -> None:
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'in.mp4').write_bytes(b'no video')
    names: dict[str, Any] = dict(
        model=plain,
        empty=tmp_path / 'empty',
        video=tmp_path / 'in.mp4',
        image=tiny_coco / 'images/000.png',
    )
    with pytest.raises(SystemExit) as leaving:
        deploy('predict', *(arg.format(**names) for arg in args), '--out', tmp_path / 'out')
    assert leaving.value.code == 2
    (line,) = [s for s in capfd.readouterr().err.splitlines() if s.startswith('error:')]
    assert message in line


@pytest.mark.parametrize('runtime', ['cuda', 'tensorrt'])
def test_a_gpu_that_is_not_there_is_a_line(plain: Path, runtime: str) -> None:
    import onnxruntime

    if len(onnxruntime.get_available_providers()) > 2:
        pytest.skip('this onnxruntime has more than the CPU')
    with pytest.raises(ValueError, match=r'ExecutionProvider, only .*; on an NVIDIA GPU install'):
        open_model(plain, runtime)


def test_every_runtime_is_tested() -> None:
    assert set(RUNTIMES) == {'cpu', 'cuda', 'tensorrt', 'openvino'}
