import pytest

from pisnas_mm.latency.interpolation import corners, interpolated

GRID = {(a, b): 3.0 * a**0.8 * b**1.1 for a in (8, 16, 32) for b in (16, 32)}


@pytest.mark.parametrize('point', GRID)
def test_what_was_measured_stays(point) -> None:
    assert interpolated(point, GRID) == pytest.approx(GRID[point])


@pytest.mark.parametrize(('a', 'b'), [(12, 16), (8, 24), (23, 29)])
def test_powers_of_widths_are_met_exactly_in_between(a, b) -> None:
    assert interpolated((a, b), GRID) == pytest.approx(3.0 * a**0.8 * b**1.1)


def test_beyond_the_grid_it_grows_with_the_work() -> None:
    assert interpolated((64, 16), GRID) == pytest.approx(2 * GRID[32, 16])
    assert interpolated((4, 8), GRID) == pytest.approx(GRID[8, 16] / 4)
    assert interpolated((64, 24), GRID) == pytest.approx(2 * interpolated((32, 24), GRID))


def test_in_a_gap_it_grows_from_the_nearest() -> None:
    gap = {point: time for point, time in GRID.items() if point != (16, 32)}
    assert interpolated((15, 26), gap) == pytest.approx(GRID[16, 16] * 15 * 26 / 16**2)


def test_weights_of_neighbours_sum_to_one() -> None:
    (low,), (near,) = corners((3,), [[8, 16]]), corners((11,), [[8, 16]])
    assert low == {8: 1.0}
    assert set(near) == {8, 16}
    assert sum(near.values()) == pytest.approx(1)
    assert near[8] > near[16]
