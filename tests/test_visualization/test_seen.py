import numpy as np
import pytest

from pisnas_mm.receptive import receptive_map
from pisnas_mm.receptive.radii import map_radius
from pisnas_mm.visualization.seen import contour, deepest, expected, seen
from tests import reference


def square(side, first, last):
    """A map that is seen in a square only."""
    values = np.zeros((side, side))
    values[first : last + 1, first : last + 1] = 3.0
    return values


def test_a_map_is_scaled_and_measured():
    of = seen('C3', square(8, 3, 5), 32)
    assert of.shares.max() == 1
    assert of.cell == 4
    # Pixels 12 to 23 are seen; the farthest from pixel 16 is (23, 23).
    assert of.radius == pytest.approx(7 * 2**0.5)


def test_the_contour_goes_round_what_is_seen():
    edges = contour(seen('C3', square(8, 3, 5), 32))
    assert len(edges) == 12  # three cells on each of four sides
    assert {x for x, _, x2, _ in edges if x == x2} == {12.0, 24.0}
    assert {y for _, y, _, y2 in edges if y == y2} == {12.0, 24.0}
    assert all(abs(x2 - x) + abs(y2 - y) == 4 for x, y, x2, y2 in edges)


def test_the_contour_is_round_what_just_reaches_the_threshold():
    values = square(8, 3, 5)
    values[0, 4] = 3 / 8
    assert len(contour(seen('C3', values, 32, threshold=1 / 8))) == 12 + 3
    assert len(contour(seen('C3', values, 32, threshold=0.126))) == 12


def test_what_is_seen_up_to_the_border_has_no_contour():
    assert contour(seen('C5', np.ones((4, 4)), 32)) == []


def test_the_threshold_counts_as_seen():
    values = square(8, 3, 5)
    values[0, 4] = 3 / 8
    assert seen('C3', values, 32, threshold=1 / 8).radius == pytest.approx((16**2 + 3**2) ** 0.5)
    assert seen('C3', values, 32, threshold=0.126).radius == pytest.approx(7 * 2**0.5)


@pytest.mark.parametrize('line', [reference.RESIDUAL[0], reference.C2F[0]])
def test_expected_maps_are_those_of_the_closed_form(line):
    genotype, size = reference.genotype(line), line['image_size']
    maps = expected(genotype, size)
    assert [of.level for of in maps] == ['C2', 'C3', 'C4', 'C5']
    assert [of.level for of in deepest(maps)] == ['C3', 'C4', 'C5']
    for stage, of in enumerate(maps, 1):
        assert np.allclose(of.shares, receptive_map(genotype, stage, size))
        assert of.radius == map_radius(of.shares, size)
