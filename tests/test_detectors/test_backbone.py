import inspect
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from mmdet.registry import MODELS
from mmengine.config import Config

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import ConvBNAct
from pisnas_mm.checks import Problems
from pisnas_mm.detectors import backbone_config, check_detector, export, search_result
from pisnas_mm.detectors.backbone import OPTIONS, check_backbone
from pisnas_mm.models import PISBackbone
from pisnas_mm.registry import SPACES, build
from pisnas_mm.scores import MACsScore
from pisnas_mm.search import Evaluation
from tests.test_search import small


def architecture(in_channels: int = 3) -> Genotype:
    widths = (in_channels, 8, 8, 16)
    blocks = [ConvBNAct(*pair, 3, 2) for pair in pairwise(widths)]
    return Genotype(tuple(blocks), in_channels)


def test_the_options_are_those_of_the_backbone() -> None:
    assert ('arch', *OPTIONS) == tuple(inspect.signature(PISBackbone).parameters)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(out_indicess=1), "unknown key `detector.backbone.out_indicess`; .* 'out_indices'?"),
        (dict(arch=[]), 'unknown key `detector.backbone.arch`'),
        (dict(out_indices=1), 'detector.backbone.out_indices should be from 0 to 2, .* but got 1'),
        (dict(out_indices=[]), 'detector.backbone.out_indices should be from 0 to 2'),
        (dict(out_indices='12'), "detector.backbone.out_indices should be .* but got '12'"),
        (dict(out_indices=(1, 3)), r'detector.backbone.out_indices should be .* got \(1, 3\)'),
        (dict(out_indices=(1, True)), r'detector.backbone.out_indices should be .* True\)'),
        (dict(frozen_stages=3), 'detector.backbone.frozen_stages should be from -1 to 2, .* 3'),
        (dict(frozen_stages=None), 'detector.backbone.frozen_stages should be .* None'),
        (dict(with_cp=1), 'detector.backbone.with_cp should be True or False, but got 1'),
        (dict(in_channels=1), 'detector.backbone.in_channels should be 3, as space.seed has them'),
        (dict(append=[dict(type='SPFP')]), r'detector.backbone.append\[0\]: block .* .SPPF.'),
    ],
)
def test_options_that_a_backbone_does_not_take(options: dict[str, Any], message: str) -> None:
    with pytest.raises(Problems, match=f'^{message}'):
        check_backbone(dict(out_indices=(1, 2)) | options, architecture())


def test_all_mistakes_are_told_at_once() -> None:
    options = dict(out_indicess=1, with_cp=None, out_indices=(7,))
    with pytest.raises(Problems) as raised:
        check_backbone(options, architecture())
    assert len(raised.value.lines) == 3
    with pytest.raises(Problems) as raised:
        check_backbone(options, None)
    assert len(raised.value.lines) == 2


def test_the_arguments_of_another_backbone_are_its_own() -> None:
    check_backbone(dict(type='Mine', colour='red'), architecture())


@pytest.mark.parametrize('channels', [1, 4])
def test_channels_of_the_image_survive_search_and_export(tmp_path: Path, channels: int) -> None:
    seed = [dict(block) for block in small.config()['space']['seed']]
    seed[0]['in_channels'] = channels
    genotype = build(SPACES, small.config()['space'] | dict(seed=seed), 'space').seed
    assert genotype.in_channels == channels
    (tmp_path / 'base.py').touch()
    detector = dict(base=['base.py'], backbone=dict(out_indices=(1, 2)))
    check_detector(detector, tmp_path, genotype)
    result = search_result([Evaluation(genotype, (1.0,))], genotype, MACsScore(64), 64)
    files = export(result, detector, tmp_path, tmp_path, 'x')
    for file in (files.backbone, files.detector):
        cfg = Config.fromfile(file)
        assert cfg.model.backbone.in_channels == channels
        assert (
            MODELS.build(cfg.model.backbone).stages[0][0].get_submodule('conv').conv.in_channels
            == channels
        )
    assert 'in_channels' not in backbone_config(architecture(), {})


def test_images_are_normalised_with_as_many_channels(tmp_path: Path) -> None:
    base = 'model = dict(data_preprocessor=dict(mean={}))'
    detector = dict(base=['base.py'], backbone=dict(out_indices=(1, 2)))
    for mean, channels in ((None, 4), ([0.0], 1), ([1, 2, 3], 3)):
        (tmp_path / 'base.py').write_text(base.format(mean))
        check_detector(detector, tmp_path, architecture(channels))
    message = 'model.data_preprocessor.mean has 3 channels, but space.seed takes 4;'
    with pytest.raises(ValueError, match=re.escape(message)):
        check_detector(detector, tmp_path, architecture(4))
