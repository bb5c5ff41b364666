from math import exp, log

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.measures import deepmad_stages, effectiveness, maedet_stages, stage_entropies
from tests import reference


@pytest.mark.parametrize('line', reference.LINES, ids=lambda line: line['id'])
def test_everything_equals_the_released_code(line):
    genotype = reference.genotype(line)
    assert effectiveness(genotype) == pytest.approx(line['efficient_score'], rel=1e-9)
    deepmad = deepmad_stages(genotype, line['image_size'])
    assert deepmad == pytest.approx(line['deepmad_stages'], rel=1e-9)
    if line['maedet_stages']:
        assert maedet_stages(genotype) == pytest.approx(line['maedet_stages'], rel=1e-9)


SMALL = Genotype((ConvBNAct(3, 8, 3, 2), ConvBNAct(8, 8, 3, 2), C2f(8, 12, 2, 5)))


def test_effectiveness_by_hand():
    widths = [27, 27 * 72 * 8 * 150**4 * 24]
    by_hand = [1 * exp(-log(widths[0])), 8 * exp(-log(widths[1]) / 8)]
    assert effectiveness(SMALL) == pytest.approx(max(by_hand))


def test_entropies_by_hand():
    first = 0.5 * log(27)
    once = first + 0.5 * (log(72) + log(8) + 2 * log(150) + log(24))
    every = once + 0.5 * 2 * log(150)
    assert stage_entropies(SMALL) == pytest.approx((first, once))
    assert stage_entropies(SMALL, 'paper') == pytest.approx((first, every))
    assert maedet_stages(SMALL) == pytest.approx((first + log(8), once + log(12)))
    sides = 17, 9  # of 33 pixels
    by_hand = (first * log(8 * sides[0] ** 2), once * log(12 * sides[1] ** 2))
    assert deepmad_stages(SMALL, 33) == pytest.approx(by_hand)


def test_projections_are_not_counted():
    genotype = Genotype((BottleneckStage(8, 16, 4, 2, 3, 2),), in_channels=8)
    by_hand = 0.5 * sum(map(log, (8, 36, 4, 16, 36, 4)))
    assert stage_entropies(genotype, 'paper') == pytest.approx((by_hand,))


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match=r"convention should be one of .*, but got 'printed'"):
        stage_entropies(SMALL, 'printed')
