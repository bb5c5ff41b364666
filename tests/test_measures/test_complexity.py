import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import SPPF, Block, BottleneckStage, C2f, ConvBNAct
from pisnas_mm.measures import layers, macs, params
from tests import reference
from tests.samples import SAMPLES, own_blocks


@pytest.mark.parametrize('line', reference.LINES, ids=lambda line: line['id'])
def test_params_and_layers_equal_the_released_code(line):
    genotype = reference.genotype(line)
    assert params(genotype) == line['params']
    assert layers(genotype) == line['layers']


@pytest.mark.parametrize('line', reference.LINES, ids=lambda line: line['id'])
def test_macs_are_the_released_flops_without_norms_and_activations(line):
    share = macs(reference.genotype(line), line['image_size']) / line['flops']
    assert 0.96 < share < 1


def test_a_convolution_by_hand():
    genotype = Genotype((ConvBNAct(3, 16, 3, 2),))
    assert params(genotype) == 3 * 16 * 9 + 2 * 16
    assert macs(genotype, 33) == 3 * 16 * 9 * 17 * 17  # an odd side rounds up
    assert layers(genotype) == 1


def test_a_bottleneck_stage_by_hand():
    genotype = Genotype((BottleneckStage(8, 32, 4, 2, 5, 2),), in_channels=8)
    first = 8 * 4 + 4 * 4 * 25 + 4 * 32 + 8 * 32
    second = 32 * 4 + 4 * 4 * 25 + 4 * 32
    norms = 2 * (4 + 4 + 32 + 32) + 2 * (4 + 4 + 32)
    assert params(genotype) == first + second + norms
    assert macs(genotype, 16) == 8 * 4 * 16**2 + (first - 8 * 4 + second) * 8**2
    assert layers(genotype) == 6


def test_a_c2f_by_hand():
    genotype = Genotype((C2f(8, 16, 3),), in_channels=8)
    weights = 8 * 16 + 3 * 2 * 8 * 8 * 9 + 5 * 8 * 16
    assert params(genotype) == weights + 2 * (16 + 3 * 2 * 8 + 16)
    assert macs(genotype, 10) == weights * 100
    assert layers(genotype) == 2 + 2 * 3


def test_an_sppf_by_hand():
    genotype = Genotype((SPPF(8, 12),), in_channels=8)
    weights = 8 * 4 + 4 * 4 * 12
    assert params(genotype) == weights + 2 * (4 + 12)  # pools have none
    assert macs(genotype, 10) == weights * 100
    assert layers(genotype) == 2


# Convolutions around the inner blocks, and in each of them: without projections, without what is
# beside a larger kernel, and without gates.
LAYERS = dict(
    ConvBNAct=(1, 0),
    Focus=(1, 0),
    SPPF=(2, 0),
    BasicStage=(0, 2),
    PointwiseBasicStage=(0, 2),
    BottleneckStage=(0, 3),
    InvertedResidualStage=(0, 3),
    ConvNeXtStage=(0, 3),
    RepVGGStage=(0, 1),
    RepVGGBlock=(1, 0),
    DarknetStage=(0, 2),
    BottleneckCSP=(4, 2),
    BepC3=(3, 2),
    MaxPoolTransition=(3, 0),
    C2f=(2, 2),
    PlainC2f=(2, 2),
    C3=(3, 2),
    ELAN=(3, 2),
    CSPNeXtStage=(3, 3),
    ResConvStage=(0, 2),
    PointwiseResConvStage=(0, 2),
    ResConvCSP=(3, 2),
    MobileStage=(0, 3),
    ResNeXtStage=(0, 3),
    ShuffleNetStage=(0, 3),
    ShuffleXceptionStage=(0, 6),
)


def test_every_family_is_counted() -> None:
    assert LAYERS.keys() == {cls.__name__ for cls in own_blocks()}


@pytest.mark.parametrize('block', SAMPLES, ids=repr)
def test_layers_are_those_of_the_main_path(block: Block) -> None:
    around, inside = LAYERS[type(block).__name__]
    if type(block).__name__ == 'InvertedResidualStage' and block.expansion == 1:
        inside -= 1  # nothing to expand
    if type(block).__name__ in ('ConvNeXtStage', 'DarknetStage'):
        around += block.stride > 1 or block.in_channels != block.out_channels
    if type(block).__name__.startswith('Shuffle'):
        around += 2 * (block.stride > 1 or block.in_channels != block.out_channels)
    assert layers(Genotype((block,), block.in_channels)) == around + inside * block.num_blocks
