"""Amplitudes add up before they are squared, whoever sends them."""

import numpy as np
import pytest

from pisnas_mm.receptive.features import STANDARD
from pisnas_mm.receptive.forward import after_norm
from pisnas_mm.receptive.gradients import OWN, Fresh, Gradient, gathered
from pisnas_mm.receptive.polynomials import powers

X = after_norm('relu')
NUM, SIDE, COMPONENT = 3, 4, 1
RNG = np.random.default_rng(0)


def squares(amplitude):
    a, b = amplitude
    return np.array([a * a, 2 * a * b, b * b])


def sent(consumer):
    """Nothing but an aligned part, which is in the energy."""
    aligned, flat = RNG.normal(size=(2, SIDE, SIDE)), RNG.random((2, SIDE))
    energy, backdrop = np.zeros((3, NUM, SIDE, SIDE)), np.zeros((2, NUM, SIDE))
    energy[:, COMPONENT] = squares(aligned)
    constant, _, square = squares(flat)
    backdrop[OWN, COMPONENT] = constant + X.var * square
    shared = np.zeros((3, NUM))
    return consumer, Gradient(powers(X), energy, aligned, shared, backdrop, flat)


def fresh():
    """Nothing but an aligned part, which is in the energy of nobody yet."""
    new = Fresh(np.zeros((NUM + 1, SIDE, SIDE)), np.zeros(NUM), np.zeros((2 * NUM + 1, SIDE)))
    new.aligned[:], new.backdrop_aligned[:] = RNG.normal(size=(SIDE, SIDE)), RNG.random(SIDE)
    return 0, new


@pytest.mark.parametrize(
    'parts',
    [
        lambda: [sent(1), sent(2)],
        lambda: [sent(1), sent(2), sent(3)],
        lambda: [sent(1), fresh()],
        lambda: [fresh(), sent(1), fresh(), sent(2)],
        lambda: [fresh(), fresh()],
    ],
    ids=['two', 'three', 'one and fresh', 'all', 'fresh'],
)
def test_energy_is_the_square_of_the_sum(parts):
    total = gathered(parts(), COMPONENT, X).complete(COMPONENT, X)
    np.testing.assert_allclose(total.energy[:, COMPONENT], squares(total.aligned), atol=1e-12)
    constant, _, square = squares(total.backdrop_aligned)
    np.testing.assert_allclose(total.backdrop[OWN, COMPONENT], constant + X.var * square)
    others = [i for i in range(NUM) if i != COMPONENT]
    assert not total.energy[:, others].any()
    assert not total.backdrop[:, others].any()


def test_the_parts_of_one_consumer_have_no_product():
    first, second = sent(-1), sent(-1)
    total = gathered([first, second], COMPONENT, X)
    np.testing.assert_allclose(total.energy, first[1].energy + second[1].energy)


def test_what_is_fresh_is_shared_by_all_inputs():
    _, new = fresh()
    total = new.complete(COMPONENT, X)
    assert total.shared[2, COMPONENT] == pytest.approx((new.aligned**2).sum())
    assert not total.shared[:2].any()


def test_in_powers_of_another_feature_the_function_is_the_same():
    _, of_x = sent(1)
    of_z = of_x.in_powers(STANDARD)
    d_x, d_z = (np.array([1, 2 - f.mean, (2 - f.mean) ** 2]) for f in (X, STANDARD))
    np.testing.assert_allclose(
        np.tensordot(d_z, of_z.energy, 1), np.tensordot(d_x, of_x.energy, 1), rtol=1e-6
    )


@pytest.mark.parametrize('act', ['relu', 'silu'])
def test_the_mean_of_what_is_fresh_is_that_of_the_complete_gradient(act):
    new = Fresh(*(RNG.random(part.shape) for part in fresh()[1]))
    x = after_norm(act)
    expected = new.complete(COMPONENT, x).averaged(act, 8, COMPONENT, x)
    for found, part in zip(new.averaged(act, 8, COMPONENT, x), expected, strict=True):
        np.testing.assert_allclose(found, part, rtol=1e-9, atol=1e-12)
