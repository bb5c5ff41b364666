"""Whole detectors, with backbones of both kinds, from PyTorch to a file and back."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import nn

from pisnas_mm.deployment import Detector, exporting
from pisnas_mm.deployment.exporting import export_detector
from pisnas_mm.deployment.images import Picture
from pisnas_mm.deployment.network import fold_norms
from pisnas_mm.deployment.preparation import Options
from pisnas_mm.models import PISBackbone
from tests.test_models.heads import HEADS

CONFIGS = Path(__file__).parents[2] / 'configs'
Deploy = Callable[..., None]

REPVGG = [
    dict(type='RepVGGBlock', in_channels=3, out_channels=8, stride=2),
    dict(type='RepVGGBlock', in_channels=8, out_channels=8, stride=2),
    dict(type='RepVGGBlock', in_channels=8, out_channels=16, stride=2),
    dict(type='RepVGGBlock', in_channels=16, out_channels=16, stride=2),
    dict(type='RepVGGStage', in_channels=16, out_channels=16, num_blocks=2, stride=2),
]


def with_head(tiny_config: Path, family: str) -> Config:
    """The tiny detector with a searched backbone and another head."""
    cfg = Config.fromfile(tiny_config)
    cfg.model.type = 'SingleStageDetector'
    cfg.model.backbone = dict(type='PISBackbone', arch=REPVGG, out_indices=(2, 3, 4))
    cfg.model.neck.in_channels = [16, 16, 16]
    cfg.model.bbox_head = {k: v for k, v in HEADS[family].items() if k != 'test_cfg'}
    cfg.model.test_cfg = dict(HEADS[family]['test_cfg'], score_thr=0.05)
    cfg.model.train_cfg = None
    return cfg


def weights(cfg: Config, path: Path) -> Path:
    """Random ones, with norms as after training, and scores that differ."""
    init_default_scope('mmdet')
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    for name, value in model.state_dict().items():
        if 'bn' in name and value.is_floating_point():
            nn.init.uniform_(value, 0.5, 1.5)
        elif value.dim() == 4 and 'bbox_head' in name:
            nn.init.normal_(value, 0, 0.15)
    torch.save({'state_dict': model.state_dict()}, path)
    return path


@pytest.mark.parametrize('family', sorted(HEADS))
def test_every_family_gives_what_it_gives_in_pytorch(
    tmp_path: Path, tiny_config: Path, pictures: list[Picture], family: str
) -> None:
    cfg = with_head(tiny_config, family)
    out = tmp_path / 'model.onnx'
    checkpoint = weights(cfg, tmp_path / 'a.pth')
    card, found = export_detector(cfg, checkpoint, out, Options(), pictures[:2])
    assert found.scores < 1e-4
    assert found.boxes < 1e-2
    ops = Counter(node.op_type for node in onnx.load(out).graph.node)
    assert not ops['BatchNormalization']  # folded
    assert len(Detector(out)(pictures[0])) > 0
    # Six convolutions of the backbone, fused; two for a level in the neck; at most six in the head.
    assert ops['Conv'] <= 6 + 3 * 2 + 3 * 6
    assert card.classes == ('red', 'green', 'blue')


def test_a_model_takes_one_image_and_gives_boxes_and_scores(plain: Path) -> None:
    model = onnx.load(plain)
    onnx.checker.check_model(model)
    assert [value.name for value in model.graph.input] == ['images']
    assert [value.name for value in model.graph.output] == ['boxes', 'scores']
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    assert shape == [1, 3, 64, 64]


def test_any_number_of_images_of_any_size(free: Path, pictures: list[Picture]) -> None:
    detector = Detector(free, shape=(96, 128))
    assert detector.card.with_nms
    assert len(detector(pictures[0])) > 0
    alone = [detector.run(_batch(p, (64, 96))) for p in pictures[:3]]
    together = detector.run(np.concatenate([_batch(p, (64, 96)) for p in pictures[:3]]))
    for one, all_ in zip(zip(*alone, strict=True), together, strict=True):
        np.testing.assert_allclose(np.concatenate(one), all_, rtol=1e-4, atol=1e-3)


def _batch(picture: Picture, shape: tuple[int, int]) -> Any:
    pixels = np.zeros((1, 3, *shape), np.float32)
    pixels[0, :, : picture.shape[0], : picture.shape[1]] = picture.transpose(2, 0, 1)
    return pixels


def test_a_choice_inside_is_the_choice_outside(
    plain: Path, free: Path, pictures: list[Picture]
) -> None:
    inside, outside = Detector(free), Detector(plain)
    for picture in pictures:
        one, other = inside(picture), outside(picture)
        assert len(one) == len(other) > 0
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)
        np.testing.assert_allclose(one.boxes, other.boxes, atol=1e-2)
        assert one.labels.tolist() == other.labels.tolist()


def test_half_precision(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, plain: Path, pictures: list[Picture]
) -> None:
    out = tmp_path / 'half.onnx'
    options = Options(precision='fp16')
    _, found = export_detector(
        Config.fromfile(tiny_config), tiny_run / 'epoch_2.pth', out, options, pictures[:2]
    )
    assert found.scores < 0.01
    assert out.stat().st_size < 0.65 * plain.stat().st_size
    assert Detector(out).card.precision == 'fp16'
    one, other = Detector(out)(pictures[0]), Detector(plain)(pictures[0])
    np.testing.assert_allclose(one.scores[:1], other.scores[:1], atol=0.02)


def test_what_differs_is_not_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_config: Path,
    tiny_run: Path,
    pictures: list[Picture],
    plain: Path,
) -> None:
    wrong = onnx.load(plain)
    (kernel, *_) = [w for w in wrong.graph.initializer if len(w.dims) == 4]
    array = onnx.numpy_helper.to_array(kernel) * np.float32(1.2)
    kernel.CopyFrom(onnx.numpy_helper.from_array(array, kernel.name))
    monkeypatch.setattr(exporting, '_exported', lambda *_: wrong)
    out = tmp_path / 'model.onnx'
    with pytest.raises(ValueError, match='other results than PyTorch: scores differ by') as refused:
        export_detector(
            Config.fromfile(tiny_config), tiny_run / 'epoch_2.pth', out, Options(), pictures[:2]
        )
    assert '\n' not in str(refused.value)
    assert not out.exists()


class Unknown(nn.Module):
    """An activation that ONNX has no operator for."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.special.bessel_j0(x)


def test_an_operator_without_an_equivalent_is_a_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tiny_config: Path,
    deploy: Deploy,
) -> None:
    from mmengine.registry import MODELS as ROOT

    ROOT.register_module(name='Bessel', module=Unknown, force=True)
    cfg = with_head(tiny_config, 'GFLHead')
    cfg.model.neck.act_cfg = dict(type='Bessel')
    cfg.dump(tmp_path / 'odd.py')
    checkpoint = weights(cfg, tmp_path / 'a.pth')
    with pytest.raises(SystemExit) as leaving:
        deploy('export', tmp_path / 'odd.py', checkpoint, '--out', tmp_path / 'model.onnx')
    assert leaving.value.code == 2
    (line,) = [s for s in capsys.readouterr().err.splitlines() if s.startswith('error:')]
    assert 'cannot be exported to ONNX' in line
    assert 'bessel_j0' in line


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['--shape', '65', '96'], 'error: the height of --shape should be a multiple of 32'),
        (['--dynamic', 'colour'], 'error: --dynamic should be of batch, size, but got colour'),
        (
            ['--cfg-options', 'model.bbox_head.num_classes=2'],
            ' is (3, 16, 3, 3) and should be (2, ',
        ),
        (
            ['--cfg-options', 'model.bbox_head.stacked_convs=2'],
            'cls_convs.1.conv.weight is missing',
        ),
        (['--images', 'none.jpg'], 'error: image none.jpg not found'),
    ],
)
def test_bad_input_is_a_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tiny_config: Path,
    tiny_run: Path,
    deploy: Deploy,
    args: list[str],
    message: str,
) -> None:
    out = tmp_path / 'model.onnx'
    with pytest.raises(SystemExit) as leaving:
        deploy('export', tiny_config, tiny_run / 'epoch_2.pth', '--out', out, *args)
    assert leaving.value.code == 2
    (line,) = [s for s in capsys.readouterr().err.splitlines() if s.startswith('error:')]
    assert message in line
    assert not out.exists()


def test_a_detector_of_two_stages_is_a_line(
    tmp_path: Path, tiny_run: Path, pictures: list[Picture]
) -> None:
    cfg = Config.fromfile(CONFIGS / 'detnas/faster-rcnn_detnas-300m_fpn_scratch-ms-6x_coco.py')
    with pytest.raises(ValueError, match=r'^a FasterRCNN cannot be exported: it has no dense head'):
        export_detector(
            cfg, tiny_run / 'epoch_2.pth', tmp_path / 'model.onnx', Options(), pictures[:1]
        )


def test_folded_norms_leave_the_outputs_as_they_were() -> None:
    torch.manual_seed(0)
    backbone = PISBackbone(REPVGG, norm_cfg=dict(type='BN')).eval()
    for name, value in backbone.state_dict().items():
        if 'bn' in name and value.is_floating_point():
            nn.init.uniform_(value, 0.5, 1.5)
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        before = backbone(x)
        fold_norms(backbone)
        after = backbone(x)
    for one, other in zip(after, before, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
    # What is left are the norms of identities, which have no convolution.
    names = {name for name, m in backbone.named_modules() if isinstance(m, nn.BatchNorm2d)}
    assert not any(name.endswith('.bn') for name in names)
