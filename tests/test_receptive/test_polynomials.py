"""Polynomials of the feature, against integrals written out."""

import numpy as np
import pytest
from scipy.stats import norm

from pisnas_mm.receptive.features import GRID, STANDARD, Feature
from pisnas_mm.receptive.forward import after_norm
from pisnas_mm.receptive.polynomials import (
    before,
    moments,
    nearest,
    of_term,
    powers,
    slope_moments,
)

X = after_norm('relu')
Z = np.linspace(-9, 9, 18001)
WEIGHT = norm.pdf(Z) * (Z[1] - Z[0])
AMPLITUDE = np.array([0.7, -1.3])  # a + b d


def squares(amplitude):
    a, b = amplitude
    return np.array([a * a, 2 * a * b, b * b])


def test_a_convolution_averages_over_its_output():
    of_z = moments(powers(X), 'relu', 8)
    d = np.maximum(Z, 0) - X.mean
    seen = (Z > 0) * (AMPLITUDE[0] + AMPLITUDE[1] * d)
    mean, along = (WEIGHT * seen).sum(), (WEIGHT * Z * seen).sum()
    np.testing.assert_allclose(of_z.amplitude @ AMPLITUDE, [mean, along], rtol=5e-3)
    energy, bent = (WEIGHT * seen**2).sum(), (WEIGHT * Z**2 * seen**2).sum()
    assert of_z.energy @ squares(AMPLITUDE) == pytest.approx(energy, rel=1e-2)
    np.testing.assert_allclose(
        of_z.removed_energy @ squares(AMPLITUDE), [energy / 8, bent / 8], rtol=1e-2
    )
    assert of_z.shared @ squares(AMPLITUDE) == pytest.approx(mean**2, rel=1e-2)
    np.testing.assert_allclose(
        of_z.removed_shared @ squares(AMPLITUDE), [mean**2 * 7 / 8, along**2], rtol=1e-2
    )


def test_the_nearest_polynomial_is_that_of_least_squares():
    basis = before(powers(X), 'relu')
    found = nearest(basis, STANDARD)
    values = AMPLITUDE @ basis.amplitude  # a step times a line
    slope, constant = np.polyfit(GRID, values, 1, w=np.sqrt(STANDARD.density))
    np.testing.assert_allclose(found.amplitude @ AMPLITUDE, [constant, slope], rtol=1e-6)
    values = squares(AMPLITUDE) @ basis.energy
    parabola = np.polyfit(GRID, values, 2, w=np.sqrt(STANDARD.density))[::-1]
    np.testing.assert_allclose(found.energy @ squares(AMPLITUDE), parabola, rtol=1e-6)


def test_what_inputs_share_is_squared_amplitude():
    found = nearest(before(powers(X), 'silu'), STANDARD)
    np.testing.assert_allclose(
        found.shared @ squares(AMPLITUDE), squares(found.amplitude @ AMPLITUDE)
    )


def test_a_polynomial_of_a_sum_stays_one_of_its_term():
    other = Feature(0.5, 2.0)
    total = Feature(X.mean + other.mean, X.var + other.var)
    found = nearest(of_term(powers(total), X, other), X).energy
    # (d + d')² with d' of mean 0 and variance 2.
    np.testing.assert_allclose(found, [[1, 0, 2], [0, 1, 0], [0, 0, 1]], atol=2e-3)


def test_slopes_by_hand():
    mean, along, square = slope_moments('relu', STANDARD)
    assert mean == pytest.approx(1 / 2)
    assert along == pytest.approx(norm.pdf(0), rel=1e-2)
    assert square == pytest.approx(1 / 2, rel=1e-6)
