"""Intervals against the quantiles that textbooks print."""

from math import sqrt

import pytest

from pisnas_mm.utils.student import difference_interval, mean_interval


@pytest.mark.parametrize(('num', 'quantile'), [(2, 12.706), (3, 4.303), (5, 2.776), (11, 2.228)])
def test_of_a_mean(num: int, quantile: float) -> None:
    values = [float(i % 2) + i / 10 for i in range(num)]
    mean = sum(values) / num
    error = sqrt(sum((v - mean) ** 2 for v in values) / (num - 1) / num)
    found = mean_interval(values)
    half = quantile * error
    assert found == pytest.approx((mean, mean - half, mean + half), abs=1e-3)


def test_equal_variances_have_both_degrees_of_freedom() -> None:
    """2, 4, 6 and 1, 3, 5: variance 4 each, so 4 / 3 + 4 / 3, and 4 degrees: 2.776."""
    half = 2.776 * sqrt(8 / 3)
    assert difference_interval([2, 4, 6], [1, 3, 5]) == pytest.approx((1, 1 - half, 1 + half), 1e-3)


def test_a_side_without_variance_leaves_the_others_freedom() -> None:
    """Welch's degrees are then those of 2, 4, 6 alone: 2, and the quantile 4.303."""
    half = 4.303 * sqrt(4 / 3)
    found = difference_interval([2, 4, 6], [1, 1, 1, 1])
    assert found == pytest.approx((3, 3 - half, 3 + half), 1e-3)


def test_too_few() -> None:
    assert mean_interval([1.0]) is None
    assert difference_interval([1.0], [1.0, 2.0]) is None
    assert difference_interval([2.0, 2.0], [1.0, 1.0]) == (1, 1, 1)
