"""What budgets leave of widths and depths, against all architectures of a small space."""

from itertools import product

import numpy as np
import pytest

from pisnas_mm.bounds.affordable import affordable, affordable_depths, budgets_of, deepest
from pisnas_mm.bounds.stages import tables_of
from pisnas_mm.constraints import build_constraints
from tests.test_bounds.test_stages import SIZE, architectures, chains, space


def budgets(**bounds):
    return list(budgets_of(build_constraints(bounds, SIZE).values()))


@pytest.mark.parametrize(
    'budget', [dict(type='Params', max=12_000), dict(type='MACs', max=9e5)], ids=lambda b: b['type']
)
def test_widths_stay_that_are_within_the_budgets_beside_the_cheapest_others(budget):
    of, (constraint,) = budgets(one=budget), build_constraints(dict(one=budget), SIZE).values()
    tables = tables_of(space(), [], SIZE, most_depth=3)
    within = [c for one, c in chains(tables, (1, 1)) if constraint.allows(constraint.measure(one))]
    for i, (before, after) in enumerate(zip(tables, affordable(tables, of), strict=True)):
        left = {tuple(before.widths[chosen[i]]) for chosen in within}
        assert set(map(tuple, after.widths)) == left
        assert 0 < len(left) < len(before.widths)


def test_depths_stay_that_are_within_the_budgets_in_the_cheapest_widths():
    of = budgets(layers=dict(type='Layers', max=15), params=dict(type='Params', max=9_000))
    tables = tables_of(space(), [], SIZE, most_depth=3)

    def costs(i, depth):
        return np.array([tables[i].costs(b.measure, depth) / b.unit for b in of])

    narrowest = {one.depths: one for one in architectures() if one.out_channels[-1] == 8}
    expected = {
        depths
        for depths in product((1, 2, 3), repeat=2)
        if all(b.measure(narrowest[depths], SIZE) <= b.unit for b in of)
    }
    assert set(affordable_depths(costs, np.ones(2), 2, 3)) == expected
    assert 1 < len(expected) < 9


def test_the_deepest_stage_is_that_of_the_narrowest_architecture():
    assert deepest(space(), [], SIZE) == 3  # the space's own limit
    of_layers = [budgets(layers=dict(type='Layers', max=n)) for n in (11, 12, 13, 14, 15)]
    assert [deepest(space(), of, SIZE) for of in of_layers] == [1, 1, 2, 2, 3]
