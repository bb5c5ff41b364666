import pytest
import torch
from torch import nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import ConvBNAct
from pisnas_mm.receptive.random_networks import drawing, random_network
from pisnas_mm.scores import GradientNormScore

CHAIN = Genotype((ConvBNAct(3, 8, 3, 2, 'silu'), ConvBNAct(8, 6, 3, 2)))


def naive_loss(convs, classifier, x, labels):
    """Mean of -log softmax at the labels, with batch norms and activations written out."""
    for weight, act in zip(convs, (lambda z: z / (1 + (-z).exp()), torch.relu), strict=True):
        x = nn.functional.conv2d(x, weight, stride=2, padding=1)
        mean, variance = x.mean((0, 2, 3), True), x.var((0, 2, 3), False, keepdim=True)
        x = act((x - mean) / (variance + 1e-5).sqrt())
    logits = x.mean((2, 3)) @ classifier.weight.double().T + classifier.bias.double()
    likely = logits.exp() / logits.exp().sum(1, keepdim=True)
    return -likely[range(len(labels)), labels].log().mean()


def test_it_is_the_sum_of_the_layers_norms():
    score = GradientNormScore(32, num_classes=5, batch_size=4, seed=2)
    with drawing(CHAIN, 2, 0):
        network = random_network(CHAIN.blocks)
        classifier = nn.Linear(6, 5)
        x, labels = torch.randn(4, 3, 32, 32), torch.randint(5, (4,))
    convs = [block.conv.conv.weight.double() for block in network]
    for weight in convs:
        weight.requires_grad_()
    naive_loss(convs, classifier, x.double(), labels).backward()
    expected = sum(float((weight.grad**2).sum()) ** 0.5 for weight in convs)
    assert score(CHAIN) == pytest.approx(expected, rel=1e-4)


def test_there_are_labels_to_tell_apart():
    with pytest.raises(ValueError, match='num_classes should be a whole number >= 2, but got 1'):
        GradientNormScore(32, num_classes=1)
