from math import log, sqrt

import pytest
import torch
from torch import nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, ConvBNAct
from pisnas_mm.models.probes import PlainBlock
from pisnas_mm.receptive.random_networks import drawing, random_network
from pisnas_mm.scores import ZenScore

CHAIN = Genotype((ConvBNAct(3, 8, 3, 2), ConvBNAct(8, 6, 3, 1, 'silu')))


def drawn(genotype, score, block_type=None):
    """The convolutions and both inputs of a score's first draw."""
    with drawing(genotype, score.seed, 0):
        network = random_network(genotype.blocks, block_type)
        convs = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
        for conv in convs:
            nn.init.normal_(conv.weight)
        shape = (score.batch_size, 3, score.image_size, score.image_size)
        return [conv.weight.double() for conv in convs], torch.randn(shape), torch.randn(shape)


def naive(weights, x, acts, strides):
    """Output, and the variance that each batch norm divides by, all channels' mean."""
    variances = []
    for weight, act, stride in zip(weights, acts, strides, strict=True):
        x = nn.functional.conv2d(x, weight, stride=stride, padding=weight.shape[2] // 2)
        rows = x.transpose(0, 1).flatten(1)
        mean, variance = rows.mean(1), ((rows - rows.mean(1, keepdim=True)) ** 2).mean(1)
        variances.append(float(variance.mean()))
        x = (x - mean[:, None, None]) / (variance + 1e-5).sqrt()[:, None, None]
        x = act(x)
    return x, variances


@pytest.mark.parametrize('alpha', [0.01, 0.3])
def test_it_is_the_log_of_the_change_plus_the_logs_of_the_norms_scales(alpha):
    score = ZenScore(32, alpha, batch_size=4, seed=3)
    weights, x, noise = drawn(CHAIN, score)
    acts, strides = (torch.relu, nn.functional.silu), (2, 1)
    before, variances = naive(weights, x.double(), acts, strides)
    after, _ = naive(weights, (x + alpha * noise).double(), acts, strides)
    change = sum(float(((a - b) ** 2).sum()) ** 0.5 for a, b in zip(after, before, strict=True)) / 4
    expected = log(change) + sum(log(sqrt(variance)) for variance in variances)
    assert score(CHAIN) == pytest.approx(expected, rel=1e-5)


def test_residual_links_are_taken_out():
    genotype = Genotype((BottleneckStage(3, 8, 6, 1, 3, 2),))
    score = ZenScore(32, batch_size=4)
    weights, x, noise = drawn(genotype, score, PlainBlock)
    assert len(weights) == 3
    acts = (torch.relu, torch.relu, torch.relu)  # the last one is that of the sum
    before, variances = naive(weights, x.double(), acts, (1, 2, 1))
    after, _ = naive(weights, (x + 0.01 * noise).double(), acts, (1, 2, 1))
    change = (after - before).flatten(1).norm(dim=1).mean()
    expected = log(change) + sum(log(variance) for variance in variances) / 2
    assert score(genotype) == pytest.approx(expected, rel=1e-5)


def test_weights_of_variance_one_make_wide_layers_count():
    """A layer adds log sqrt(fan-in · mean square of its input) or so: here ReLUs' ½."""
    deeper = Genotype((*CHAIN.blocks[:1], ConvBNAct(8, 64), ConvBNAct(64, 64), ConvBNAct(64, 64)))
    shorter = Genotype(deeper.blocks[:-1])
    gain = ZenScore(32, num_draws=4)(deeper) - ZenScore(32, num_draws=4)(shorter)
    assert gain == pytest.approx(0.5 * log(64 * 9 * 0.5), abs=0.4)
