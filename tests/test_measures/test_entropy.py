from math import e, log, pi

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import SPPF, BottleneckStage, C2f, ConvBNAct
from pisnas_mm.measures import bottleneck_entropy
from tests import reference


@pytest.mark.parametrize('line', reference.LINES, ids=lambda line: line['id'])
def test_the_released_convention_equals_the_released_code(line):
    entropy = bottleneck_entropy(reference.genotype(line), line['image_size'])
    assert entropy == pytest.approx(line['bottleneck_entropy'], rel=1e-9)


def test_the_released_convention_by_hand():
    stem = ConvBNAct(3, 64, 3, 2)
    assert bottleneck_entropy(Genotype((stem,)), 224) == pytest.approx(
        0.5 * log(3 * 9 * 64 * 112**2)
    )
    # A wide first block and a narrow second one: the second is credited with the input's side.
    stage = BottleneckStage(64, 64, 8, 2, 3, 2)
    by_hand = min(
        *(0.5 * log(x) for x in (64 * 8 * 112**2, 8 * 9 * 8 * 56**2, 8 * 9 * 64 * 56**2)),
        *(0.5 * log(x) for x in (64 * 8 * 112**2, 8 * 9 * 8 * 112**2, 8 * 9 * 64 * 112**2)),
    )
    assert bottleneck_entropy(Genotype((stem, stage)), 224) == pytest.approx(by_hand)


def test_the_paper_convention_by_hand():
    genotype = Genotype((ConvBNAct(3, 8, 3, 2), C2f(8, 16, 2)))
    side, hidden = 16, 8
    by_hand = [
        0.5 * log(2 * pi * e * fan_in) + 0.5 * log(2 * pi * e * side**4)
        for fan_in in (3 * 9, 8 * 1, hidden * 9, hidden * 9, 4 * hidden * 1)
    ]
    assert bottleneck_entropy(genotype, 32, 'paper') == pytest.approx(min(by_hand))


def test_pools_have_no_entropy():
    genotype = Genotype((ConvBNAct(3, 64, 3, 2), SPPF(64, 64)))
    by_hand = min(0.5 * log(x) for x in (3 * 9 * 64 * 16**2, 64 * 32 * 16**2, 4 * 32 * 64 * 16**2))
    assert bottleneck_entropy(genotype, 32) == pytest.approx(by_hand)


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match=r"convention should be one of .*, but got 'printed'"):
        bottleneck_entropy(Genotype((ConvBNAct(3, 8),)), 32, 'printed')
