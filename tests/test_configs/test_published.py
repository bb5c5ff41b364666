"""The published architectures are as large as printed."""

from pathlib import Path

import pytest
from mmengine.config import Config

from pisnas_mm import measures
from pisnas_mm.architectures.files import read_architectures
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
