from math import log

import pytest
import torch

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.receptive.random_networks import drawing, random_network
from pisnas_mm.registry import SCORES
from pisnas_mm.scores import SynFlowScore

CHAIN = Genotype((ConvBNAct(3, 8, 3, 2, 'silu'), ConvBNAct(8, 6, 3, 2), ConvBNAct(6, 4, 1)))
RESIDUAL = Genotype((ConvBNAct(3, 8, 3, 2), BottleneckStage(8, 12, 4, 2, 3, 2)))


def absolute_weights(genotype):
    with drawing(genotype, 0, 0):
        network = random_network(genotype.blocks)
    named = network.double().named_parameters()
    return {name: p.abs() for name, p in named if name.endswith('conv.weight')}


def conv(x, weight, stride=1):
    return torch.nn.functional.conv2d(x, weight, stride=stride, padding=weight.shape[2] // 2)


def test_every_layer_of_a_chain_scores_the_same():
    """Σ θ ∂R/∂θ is R for every layer: the conservation of Tanaka et al., theorem 1."""
    x = torch.ones(1, 3, 32, 32).double()
    for weight, stride in zip(absolute_weights(CHAIN).values(), (2, 2, 1), strict=True):
        x = conv(x, weight, stride)
    assert SynFlowScore(32)(CHAIN) == pytest.approx(log(3 * float(x.sum())), rel=1e-12)


def test_a_residual_network_naively():
    w = absolute_weights(RESIDUAL)
    assert len(w) == 1 + 7
    parameters = [weight.clone().requires_grad_() for weight in w.values()]
    of = dict(zip(w, parameters, strict=True))

    def part(i, x, stride):
        y = conv(x, of[f'1.{i}.conv1.conv.weight'])
        y = conv(y, of[f'1.{i}.conv2.conv.weight'], stride)
        return conv(y, of[f'1.{i}.conv3.conv.weight'])

    x = conv(torch.ones(1, 3, 32, 32).double(), of['0.conv.conv.weight'], 2)
    x = conv(x, of['1.0.shortcut.conv.weight'], 2) + part(0, x, 2)
    flow = (x + part(1, x, 1)).sum()
    flow.backward()
    total = sum(float((p.detach() * p.grad).sum()) for p in parameters)
    assert SynFlowScore(32)(RESIDUAL) == pytest.approx(log(total), rel=1e-12)


def test_depth_does_not_overflow():
    """As a single number the flow would be beyond the largest double, e^709."""
    stages = [BottleneckStage(128, 128, 128, 30, 5) for _ in range(4)]
    deep = Genotype((ConvBNAct(3, 128, 3, 2), *stages))
    assert 709 < SynFlowScore(32)(deep) < 2000


def test_what_does_not_scale_with_its_input_is_refused_before_the_search():
    from pisnas_mm.blocks import graph

    class Gate(graph.Op):
        pass

    class Gated(ConvBNAct):
        def graph(self):
            g = super().graph()
            g.ops.append(Gate((1,), self.out_channels))
            return g

    score = SynFlowScore(32)
    score.check(Genotype((*CHAIN.blocks, C2f(4, 8, 2))))
    gated = Genotype((Gated(3, 8),))
    for refuse in (score.check, score):
        with pytest.raises(ValueError, match=r'arch\[0\]: SynFlowScore has no rule for Gate'):
            refuse(gated)
    assert 'Gated' not in SCORES.module_dict
