"""Forward rules by hand, and against random networks."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from pisnas_mm.blocks import ELAN, MaxPoolTransition
from pisnas_mm.models.graph_block import GraphBlock
from pisnas_mm.receptive.features import GRID, STANDARD, chance_of_largest
from pisnas_mm.receptive.forward import after_norm, features
from pisnas_mm.receptive.steps import steps_of


def pooled(x):
    """The feature after a 2×2 max-pool."""
    steps, _ = steps_of(MaxPoolTransition(8, 8).graph())
    (i,) = (i for i, step in enumerate(steps) if step.op.__name__ == 'MaxPool2x2')
    return features(steps, x)[i]


def test_the_largest_of_four_normals():
    """Its mean and variance are known: Teichroew, Ann. Math. Statist. 27 (1956)."""
    largest = pooled(STANDARD)
    assert largest.mean == pytest.approx(1.0293753730, rel=1e-3)
    assert largest.var == pytest.approx(0.4917152369, rel=2e-3)
    assert largest.density.sum() == pytest.approx(1)


def test_the_largest_of_four_rectified_normals():
    largest = pooled(after_norm('relu'))
    assert largest.density[GRID == 0].item() == pytest.approx(1 / 2**4, abs=0.01)  # all are zero
    z = np.linspace(0, 9, 90001)
    cdf = np.cumsum(np.exp(-z * z / 2)) * (z[1] - z[0]) / np.sqrt(2 * np.pi) + 1 / 2
    assert largest.mean == pytest.approx(np.trapezoid(1 - cdf**4, z), rel=2e-2)


@pytest.mark.parametrize('act', [None, 'relu', 'silu'])
def test_one_in_four_is_chosen(act):
    x = after_norm(act)
    assert (x.density @ chance_of_largest(x)).item() == pytest.approx(1 / 4)
    assert (np.diff(chance_of_largest(x)) >= 0).all()


@torch.no_grad()
@pytest.mark.parametrize('act', ['relu', 'silu'])
def test_neighbours_in_random_networks_are_as_good_as_independent(act):
    """In what YOLOv7 pools: it gives what four values of anywhere do, and that is known."""
    torch.manual_seed(0)
    x = torch.randn(4, 32, 40, 40)
    for block in (ELAN(32, 96, 64, act=act), ELAN(96, 96, 64, act=act)):
        x = GraphBlock(block, None, dict(type='BN'))(x)
    x = x[..., 4:-4, 4:-4]
    values = x.transpose(0, 1).flatten(1)
    shuffled = torch.stack([values[:, torch.randperm(values.shape[1])] for _ in range(4)])
    largest, of_anywhere = F.max_pool2d(x, 2), shuffled.amax(0)
    assert largest.mean().item() == pytest.approx(of_anywhere.mean().item(), rel=0.01)
    variances = [largest.var((0, 2, 3)).mean().item(), of_anywhere.var(1).mean().item()]
    assert variances[0] == pytest.approx(variances[1], rel=0.02)
    # The values themselves are not quite the normals' that they are taken for.
    assert largest.mean().item() == pytest.approx(pooled(after_norm(act)).mean, rel=0.06)
