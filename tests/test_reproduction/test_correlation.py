import numpy as np
import pytest

from pisnas_mm.reproduction.correlation import kendall_tau


@pytest.mark.parametrize(
    ('a', 'b', 'tau'),
    [
        ([1, 2, 3], [4, 5, 6], 1.0),
        ([1, 2, 3], [6, 5, 4], -1.0),
        ([1, 2, 3, 4], [1, 3, 2, 4], 4 / 6),  # one of six pairs the wrong way round
        ([1, 2, 2], [1, 2, 3], 2 / (2 * 3) ** 0.5),  # a tie
        ([1, 1], [1, 2], None),
        ([1], [1], None),
        ([], [], None),
    ],
)
def test_by_hand(a: list[float], b: list[float], tau: float | None) -> None:
    assert kendall_tau(a, b) == (None if tau is None else pytest.approx(tau))


def test_as_scipy() -> None:
    stats = pytest.importorskip('scipy.stats')
    a, b = np.random.default_rng(0).integers(0, 8, (2, 30)).tolist()
    assert kendall_tau(a, b) == pytest.approx(stats.kendalltau(a, b).statistic)
