"""The published architectures are as large as printed."""

from pathlib import Path

import pytest
from mmengine.config import Config

from pisnas_mm import measures
from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.models import PISBackbone
from pisnas_mm.models.complexity import build_on_meta, count
from pisnas_mm.utils.configs import import_modules

CONFIGS = Path(__file__).parents[2] / 'configs'
# Million params and billion FLOPs at 1280 x 800 (Sun et al., ICML 2022; in their repository, too).
PRINTED = dict(s=(21.2, 48.7), m=(25.8, 89.9), l=(43.9, 152.9))


def published(size):
    (architecture,) = read_architectures(str(CONFIGS / 'published' / f'maedet_{size}.txt'))
    return architecture.genotype


def norm_outputs(genotype, side):
    """How many numbers all batch norms give: one for each output of a convolution."""
    outputs = 0
    for block in genotype.blocks:
        outputs += sum(conv.channels * r**2 for conv, r in block.graph().conv_sides(side))
        side = -(-side // block.stride)
    return outputs


@pytest.mark.parametrize('size', PRINTED)
def test_params_and_flops_are_those_printed(size):
    genotype, (params, flops) = published(size), PRINTED[size]
    assert round(measures.params(genotype) / 1e6, 1) == params
    # 1280 x 800 pixels are ten times 320 x 320, and all sides are even down to stride 32.
    macs = 10 * measures.macs(genotype, 320)
    assert round((macs + 2 * 10 * norm_outputs(genotype, 320)) / 1e9, 1) == flops
    assert macs / 1e9 == pytest.approx(flops, rel=0.01)


@pytest.mark.parametrize('size', PRINTED)
def test_the_detector_has_that_backbone(size):
    cfg = Config.fromfile(
        CONFIGS / f'gfl/gfl_maedet-{size}_fpn_scratch-ms-6x_coco.py', import_custom_modules=False
    )
    import_modules(cfg)
    genotype = published(size)
    backbone = count(build_on_meta(cfg), (800, 1280))['backbone']
    assert backbone == (10 * measures.macs(genotype, 320), measures.params(genotype))
    (other,) = read_architectures(str(CONFIGS / 'published' / f'maedet_{size}.py'))
    assert other.genotype == genotype


# Params and MACs at 640 x 640: those of T from the description of its blocks, as in
# tests/test_architectures/test_tinynas.py; pooling at the end is left out.
DAMO_YOLO = dict(
    t=(1_801_424, 3_801_088_000),
    s=(2_884_192, 7_893_811_200),
    m=(9_180_864, 15_505_817_600),
    l=(16_339_008, 28_010_086_400),
    ns=(393_524, 872_947_200),
    nm=(639_288, 1_957_811_200),
    nl=(1_695_656, 3_135_948_800),
)


@pytest.mark.parametrize('size', DAMO_YOLO)
def test_damo_yolo_is_as_large_as_said(size):
    file = CONFIGS / f'published/damoyolo_{size}.py'
    ((_, genotype, _),) = read_architectures(str(file))
    assert (measures.params(genotype), measures.macs(genotype, 640)) == DAMO_YOLO[size]
    cfg = Config.fromfile(file, import_custom_modules=False)
    backbone = PISBackbone(**{k: v for k, v in cfg.backbone.items() if k != 'type'})
    assert backbone.out_strides == (8, 16, 32)
    assert list(backbone.out_channels) == cfg.neck_channels
