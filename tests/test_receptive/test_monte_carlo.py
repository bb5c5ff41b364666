import numpy as np
import pytest
import torch

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import SPPF, BottleneckStage, C2f, ConvBNAct
from pisnas_mm.receptive import stage_radii
from pisnas_mm.receptive.monte_carlo import random_stages, sample_maps
from pisnas_mm.receptive.random_networks import seed_of_draw
from pisnas_mm.scores import MonteCarloPRScore, PISScore
from tests import reference

SMALL = Genotype(
    (
        ConvBNAct(3, 8, 3, 2),
        BottleneckStage(8, 16, 8, 2, 3, 2),
        ConvBNAct(16, 16, 3, 2),
        C2f(16, 24, 1),
    )
)
# Cheap ones; the residual one has stages of several blocks, where the shortcut's form shows.
CHOSEN = [line for line in reference.LINES if line['id'] in ('c2f-014', 'k1kxk1-020')]


@pytest.mark.parametrize('line', CHOSEN, ids=lambda line: line['id'])
def test_radii_agree_with_the_released_code_within_their_noise(line):
    score = MonteCarloPRScore(line['image_size'], num_draws=6)
    ours = np.array(score.draws(reference.genotype(line)))
    theirs = np.array(line['stage_radius'])
    variance = ours.var(0, ddof=1) / len(ours) + theirs.var(0, ddof=1) / len(theirs)
    cells = np.array([1, 4, 8, 16])  # a radius is known to a fraction of a cell at best
    error = np.abs(ours.mean(0) - theirs.mean(0))
    assert (error <= 3 * np.sqrt(variance) + cells / 10).all()


def maps(**options) -> list[list[np.ndarray]]:
    return list(sample_maps(SMALL, 32, **{'num_draws': 2, 'batch_size': 2, **options}))


def test_a_draw_depends_on_seed_architecture_and_number_alone():
    first = maps()
    torch.manual_seed(7)
    state = torch.get_rng_state()
    again = maps(num_draws=3)
    assert torch.equal(torch.get_rng_state(), state)
    for draw in range(2):
        for a, b in zip(first[draw], again[draw], strict=True):
            np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0][0], first[1][0])
    assert not np.array_equal(first[0][0], maps(seed=1)[0][0])


def test_maps_are_on_the_previous_stage_or_on_the_image():
    before, image = maps()[0], maps(reference='image')[0]
    assert [seen.shape for seen in before] == [(32, 32), (8, 8)]
    assert [seen.shape for seen in image] == [(32, 32), (32, 32)]
    # To the first stage, both are the same.
    np.testing.assert_allclose(before[0], image[0], rtol=1e-4, atol=1e-9)
    assert all((seen >= 0).all() and seen.max() > 0 for seen in [*before, *image])


def test_a_map_is_the_mean_positive_gradient_of_the_rectified_centre():
    torch.manual_seed(seed_of_draw(SMALL, 5, 0))
    first, second = random_stages(SMALL)
    image = torch.randn(2, 3, 32, 32)
    before = first(image).detach().requires_grad_()
    after = second(before)
    after[:, :, 2, 2].clamp(min=0).mean().backward()
    expected = np.log(1 + before.grad.double().clamp(min=0).mean((0, 1)).numpy())
    np.testing.assert_allclose(maps(seed=5)[0][1], expected, rtol=1e-5)


def test_an_unknown_reference_is_refused():
    with pytest.raises(ValueError, match=r"reference should be one of .*, but got 'input'"):
        maps(reference='input')


def test_the_score_is_the_mean_of_its_draws():
    score = MonteCarloPRScore(32, weights=(1, 2), num_draws=3, batch_size=2)
    draws = score.draws(SMALL)
    assert len(draws) == 3
    assert score(SMALL) == pytest.approx(np.mean([r[0] + 2 * r[1] for r in draws]))


def test_the_objective_takes_it_by_name():
    pr_score = dict(type='MonteCarloPRScore', weights=(1, 1), num_draws=2, batch_size=2)
    score = PISScore(32, pr_score, gamma=(1, 1))
    expected = MonteCarloPRScore(32, (1, 1), num_draws=2, batch_size=2)(SMALL)
    assert score.parts(SMALL)['pr_score'] == expected


def test_pools_are_sampled_and_the_closed_form_refers_to_that():
    pooled = Genotype((*SMALL.blocks, SPPF(24, 24)))
    score = MonteCarloPRScore(64, weights=(0, 1), num_draws=2, batch_size=2)
    assert score(pooled) > score(SMALL)
    with pytest.raises(ValueError, match='no rule for MaxPool; use the Monte-Carlo score'):
        stage_radii(pooled, 64)


@pytest.mark.parametrize('setting', [dict(num_draws=0), dict(batch_size=0), dict(threshold=1)])
def test_settings_out_of_bounds_are_refused(setting):
    with pytest.raises(ValueError, match='should be'):
        MonteCarloPRScore(32, **setting)
