"""MAE-DET's and DeepMAD's scores, by hand and against the authors' released code."""

from math import exp, log, sqrt

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.registry import SCORES, build
from pisnas_mm.scores import DeepMADScore, MAEDETScore
from tests import reference

SMALL = Genotype((ConvBNAct(3, 8, 3, 2), ConvBNAct(8, 8, 3, 2), C2f(8, 12, 2)))


def test_maedet_by_hand():
    stem = 0.5 * log(27)
    end = stem + 0.5 * (log(72) + log(8) + 2 * log(54) + log(24))  # C2f: hidden 6, kernel 3
    by_hand = 2 * (stem + log(8)) + 3 * (end + log(12))
    assert MAEDETScore((2, 3))(SMALL) == pytest.approx(by_hand)


def test_deepmad_by_hand():
    stem = 0.5 * log(27)
    stages = []
    total = stem
    blocks = [ConvBNAct(3, 8, 3, 2)]
    for depth in (1, 3):
        blocks.append(BottleneckStage(8, 8, 4, stride=2, num_blocks=depth))
        total += depth * 0.5 * (log(8) + log(36) + log(4))
        stages.append(total)
    # 64 pixels: sides 32, 16, 8; depths 1 and 3: mean 2, standard deviation 1.
    entropy = 1 * stem * log(8 * 32**2) + 2 * stages[0] * log(8 * 16**2)
    entropy += 5 * stages[1] * log(8 * 8**2)
    score = DeepMADScore(64, (1, 2, 5), depth_penalty=7.0)
    assert score(Genotype(tuple(blocks))) == pytest.approx(entropy - 7 * exp(1))


@pytest.mark.parametrize(
    ('options', 'exponent'),
    # Depths 1, 3, 3, 7: mean 3.5, squared deviations 6.25, 0.25, 0.25, 12.25.
    [
        (dict(), sqrt(4.75)),
        (dict(dispersion='variance'), 4.75),
        (dict(num_depths=2), 2),  # 3 and 7
        (dict(dispersion='variance', num_depths=3), (16 / 9 + 16 / 9 + 64 / 9) / 3),
    ],
)
def test_deepmads_depth_penalty_by_hand(options, exponent):
    blocks = [ConvBNAct(3, 8, 3, 2)]
    blocks += [BottleneckStage(8, 8, 4, depth, 3, 2) for depth in (1, 3, 3, 7)]
    genotype = Genotype(tuple(blocks))
    score = DeepMADScore(64, depth_penalty=2.0, **options)
    assert score.parts(genotype)['depth_penalty'] == pytest.approx(exp(exponent))
    free = DeepMADScore(64, depth_penalty=0.0)
    assert score(genotype) == pytest.approx(free(genotype) - 2 * exp(exponent))


def test_deepmad_compares_no_more_depths_than_there_are():
    with pytest.raises(ValueError, match='num_depths is 2, but the architecture has only 1'):
        DeepMADScore(64, (1, 1), num_depths=2).check(SMALL)
    DeepMADScore(64, (1, 1), num_depths=1).check(SMALL)


@pytest.mark.parametrize('line', reference.LINES, ids=lambda line: line['id'])
def test_both_equal_the_released_code(line):
    genotype, size = reference.genotype(line), line['image_size']
    depths = [block['L'] if 'L' in block else block['n'] for block in repeated_blocks(line)]
    mean = sum(depths) / len(depths)
    std = sqrt(sum((depth - mean) ** 2 for depth in depths) / len(depths))
    weights = (1, 1, 1, 1, 8)
    entropy = sum(a * s for a, s in zip(weights, line['deepmad_stages'], strict=True))
    assert DeepMADScore(size)(genotype) == pytest.approx(entropy - 10 * exp(std), rel=1e-9)
    if line['maedet_stages']:
        stages = line['maedet_stages']
        assert MAEDETScore()(genotype) == pytest.approx(
            stages[2] + stages[3] + 6 * stages[4], rel=1e-9
        )


def repeated_blocks(line):
    """The blocks that repeat an inner one, as the released code writes them."""
    structure = line['structure']
    return [block for block in structure if 'L' in block or 'n' in block]


@pytest.mark.parametrize(
    ('cfg', 'message'),
    [
        (dict(type='MAEDETScore', weights=()), 'score: weights should be numbers >= 0'),
        (dict(type='DeepMADScore', weights=(1, -1)), 'score: weights should be numbers >= 0'),
        (dict(type='DeepMADScore', depth_penalty=-1), 'score: depth_penalty should be >= 0'),
        (dict(type='DeepMADScore', dispersion='range'), 'score: dispersion should be one of'),
        (dict(type='DeepMADScore', num_depths=0), 'score: num_depths should be a whole number'),
    ],
)
def test_a_mistake_in_the_config_is_named(cfg, message):
    with pytest.raises(ValueError, match=message):
        build(SCORES, cfg, 'score', image_size=160)


@pytest.mark.parametrize('score', [MAEDETScore(), DeepMADScore(64)])
def test_weights_should_fit_the_architecture(score):
    with pytest.raises(ValueError, match='one for each of the 2 stages from the stem on'):
        score(SMALL)
