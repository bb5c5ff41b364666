from math import log

import numpy as np
import pytest
import torch

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.receptive.random_networks import drawing, random_network
from pisnas_mm.scores import NASWOTScore

STEM = Genotype((ConvBNAct(3, 8, 3, 2, 'silu'),))
MIXED = Genotype((ConvBNAct(3, 8, 3, 2), BottleneckStage(8, 16, 8, 2, 3, 2), C2f(16, 24, 1)))


def codes_of_the_stem(score):
    """Whether each unit's batch-normed convolution is above 0, one row an input."""
    with drawing(STEM, score.seed, 0):
        conv = random_network(STEM.blocks)[0].conv.conv
        x = torch.randn(score.batch_size, 3, 32, 32)
    z = torch.nn.functional.conv2d(x, conv.weight, stride=2, padding=1)
    return (z > z.mean((0, 2, 3), keepdim=True)).flatten(1).numpy()


def test_two_inputs_by_hand():
    score = NASWOTScore(32, batch_size=2, seed=1)
    first, second = codes_of_the_stem(score)
    units, alike = len(first), int((first == second).sum())
    assert units == 8 * 16 * 16
    assert score(STEM) == pytest.approx(log(units**2 - alike**2))


def test_many_inputs_naively():
    score = NASWOTScore(32, batch_size=7)
    codes = codes_of_the_stem(score)
    kernel = [[float(sum(a == b)) for b in codes] for a in codes]
    assert score(STEM) == pytest.approx(np.linalg.slogdet(np.array(kernel))[1])


def test_every_activation_counts():
    """The diagonal of K are all units: the score is below the log of their product."""
    # Stem; stage: 2 blocks of 8 (the first conv1 at full size) + 8 + 16 after the sum; C2f.
    units = 8 * 256 + (8 * 256 + 8 * 64 + 16 * 64) + (8 + 8 + 16) * 64 + (24 + 12 + 12 + 24) * 64
    score = NASWOTScore(32, batch_size=8)(MIXED)
    assert 8 * log(units) - 8 < score < 8 * log(units)


def test_more_inputs_than_they_can_tell_apart_is_no_score():
    # Codes are all alike where one unit sees one pixel; then K is singular.
    tiny = Genotype((ConvBNAct(1, 1, 1),), in_channels=1)
    score = NASWOTScore(32, batch_size=2)
    score.inputs = lambda genotype: torch.ones(2, 1, 32, 32)
    assert score(tiny) == -np.inf
