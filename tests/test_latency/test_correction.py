import numpy as np
import pytest

from pisnas_mm.latency.correction import corrected, nonnegative
from pisnas_mm.latency.table import Timed, Whole
from tests.tables import FACTORS, OFFSET, made_up
from tests.test_search import small


def test_factors_are_found_again(tmp_path) -> None:
    genotypes = small.everything()[::7]
    table = made_up(tmp_path / 'table.json', genotypes)
    wholes = [Whole(one.to_list(), Timed(table(one, 64), 0.0)) for one in genotypes]
    found = corrected(table, wholes)
    assert found.offset == pytest.approx(OFFSET, rel=1e-3)
    assert found.factors == pytest.approx({k: FACTORS[k] for k in found.factors}, rel=1e-3)
    assert set(found.factors) == {'conv', 'pointwise', 'other'}


def test_least_squares_without_negative_numbers() -> None:
    a = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    assert nonnegative(a, a @ [2.0, 3.0]) == pytest.approx([2, 3])
    # The slope would be negative; without it, the mean is the best.
    assert nonnegative(a, np.array([3.0, 2.0, 1.0])) == pytest.approx([2, 0])
