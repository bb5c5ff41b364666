"""The floors under what docs/method.md says of closed form and Monte-Carlo."""

import numpy as np
import pytest

from pisnas_mm.receptive.monte_carlo import sample_radii
from tests import reference
from tests.agreement import (
    LEFT_OUT,
    RELEASED,
    agreement,
    architectures,
    kendall_tau,
    mean_draws,
    mean_maps,
    radii,
    tau_of_one_draw,
    without,
)


@pytest.mark.parametrize('space', RELEASED)
def test_radii_are_those_of_the_mean_map(space):
    lines = reference.sampled(space)
    found = agreement(radii(lines), mean_maps(lines))
    assert len(lines) >= 20
    assert all(len(line['stage_radius']) >= 64 for line in lines)
    assert found.within_a_cell >= 0.95
    assert abs(found.bias) <= 0.01


@pytest.mark.parametrize(('space', 'tau'), [('c2f', 0.92), ('residual', 0.96)])
def test_scores_rank_as_the_released_draws_do(space, tau):
    lines = RELEASED[space]
    found = agreement(radii(lines), mean_draws(lines))
    assert found.tau >= tau
    assert found.tau > tau_of_one_draw(lines) - 0.005
    assert abs(found.bias) <= 0.01


def test_radii_are_those_of_the_released_mean_maps():
    found = agreement(radii(reference.C2F), mean_maps(reference.C2F))
    assert found.within_a_cell >= 0.95
    assert abs(found.bias) <= 0.01


@pytest.mark.parametrize('assumption', LEFT_OUT)
def test_every_effect_has_one(assumption):
    lines = reference.C2F[:3]
    everything = radii(lines)
    with without(assumption):
        assert not np.array_equal(radii(lines), everything)
    assert np.array_equal(radii(lines), everything)


@pytest.mark.parametrize('space', RELEASED)
def test_the_sampled_radii_can_be_sampled_again(space):
    lines = reference.sampled(space)
    drawn = [genotype for genotype, _ in architectures(space)]
    assert drawn == [reference.genotype(line) for line in lines]
    line = lines[0]
    again = sample_radii(reference.genotype(line), line['image_size'], num_draws=1)
    assert again.draws[0] == pytest.approx(line['stage_radius'][0], abs=1e-3)


def test_kendall_tau_by_hand():
    # Of six pairs three agree, one is tied, two disagree.
    assert kendall_tau([1, 2, 3, 4], [1, 3, 3, 2.5]) == pytest.approx((3 - 2) / 6)
