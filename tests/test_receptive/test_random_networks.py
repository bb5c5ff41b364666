import subprocess
import sys

import pytest
import torch

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import C2f, ConvBNAct
from pisnas_mm.receptive.random_networks import drawing, random_network, seed_of_draw

SMALL = Genotype((ConvBNAct(3, 8, 3, 2), C2f(8, 12, 2)))


def numbers(genotype=SMALL, seed=0, draw=0) -> torch.Tensor:
    with drawing(genotype, seed, draw):
        network = random_network(genotype.blocks)
        return torch.cat([*(p.flatten() for p in network.parameters()), torch.randn(3)])


def test_a_draw_follows_from_seed_architecture_and_number_alone():
    first = numbers()
    torch.manual_seed(3)
    state = torch.get_rng_state()
    assert torch.equal(numbers(), first)
    assert torch.equal(torch.get_rng_state(), state)
    other = Genotype((ConvBNAct(3, 8, 3, 2), C2f(8, 12, 2, 3, 'relu')))
    for changed in (numbers(seed=1), numbers(draw=1), numbers(other)):
        assert not torch.equal(changed, first)


def test_weights_are_pytorchs_own():
    with drawing(SMALL, 0, 0):
        layers = [m for m in random_network(SMALL.blocks).modules() if hasattr(m, 'weight')]
    for conv in layers[::2]:  # convolution, norm, convolution, ...
        bound = conv.weight[0].numel() ** -0.5
        assert 0.9 * bound < conv.weight.abs().max() <= bound
        assert not conv.weight.requires_grad


def test_equal_draws_in_another_process_and_without_torch():
    code = (
        'import sys\nfrom tests.test_receptive.test_random_networks import SMALL\n'
        'from pisnas_mm.receptive.random_networks import seed_of_draw\n'
        'print(seed_of_draw(SMALL, 4, 5))'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == seed_of_draw(SMALL, 4, 5) < 2**63


@pytest.mark.parametrize('seeds', [[seed_of_draw(SMALL, 0, draw) for draw in range(200)]])
def test_seeds_spread(seeds):
    assert len(set(seeds)) == 200
    assert max(seeds) > 2**62 > min(seeds)
