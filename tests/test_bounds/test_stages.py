"""Tables of stages, against the measures and scores of whole architectures."""

from dataclasses import replace

import numpy as np
import pytest

from pisnas_mm.bounds import NoBound, check_space
from pisnas_mm.bounds.stages import tables_of
from pisnas_mm.constraints import bounded
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import SPACES, build
from pisnas_mm.scores import PRScore
from pisnas_mm.spaces import ResidualSpace
from tests.test_search import small

SIZE = 64
LEAST = 4.6  # nats


def space(**settings):
    return build(SPACES, {**small.config()['space'], 'kernel_sizes': (3,), **settings}, 'space')


def architectures():
    return [one for one in small.everything() if {block.kernel_size for block in one.blocks} == {3}]


def floors():
    return [bounded(MEASURES['bottleneck_entropy'], SIZE, min=LEAST)]


def chains(tables, depths):
    """All architectures that tables hold, with the choices that they are made of."""
    for i, one in enumerate(tables[0].widths):
        for j, two in enumerate(tables[1].widths):
            if one[-1] == two[0]:
                blocks = tables[0].chosen(one, depths[0]) + tables[1].chosen(two, depths[1])
                yield space().seed.replaced(blocks), (i, j)


def test_they_hold_every_architecture_within_the_floors():
    tables = tables_of(space(), floors(), SIZE, most_depth=3)
    entropy = MEASURES['bottleneck_entropy'].at(SIZE)
    for depths in ((1, 1), (3, 2)):
        expected = {
            one for one in architectures() if one.depths == depths and entropy(one) >= LEAST
        }
        assert {one for one, _ in chains(tables, depths)} == expected
    assert 5 < len(expected) < 20  # of 21


@pytest.mark.parametrize('key', ['params', 'macs', 'layers', 'activations'])
def test_costs_add_up_to_the_measure(key):
    tables, measure = tables_of(space(), [], SIZE, most_depth=3), MEASURES[key]
    assert measure.over_blocks == 'sum'
    for depths in ((1, 1), (3, 2)):
        costs = [table.costs(measure, depth) for table, depth in zip(tables, depths, strict=True)]
        for one, (i, j) in chains(tables, depths):
            assert costs[0][i] + costs[1][j] == pytest.approx(measure(one, SIZE), rel=1e-9)


def test_equal_ratios_of_widths_score_alike():
    (_, second), score = tables_of(space(), [], SIZE, most_depth=3), PRScore(SIZE, (1, 1))
    before, asked = space().seed.blocks[:3], []

    def radius(blocks):
        asked.append(blocks)
        return score.radii(space().seed.replaced(before + blocks))[1]

    found = second.scores(radius, 2)
    assert len(asked) == 8  # of ten: 8, 16 and 24 channels throughout are one
    assert np.array_equal(found, [radius(second.chosen(widths, 2)) for widths in second.widths])


def test_equal_widths_are_told_from_those_whose_ratio_is_rounded_to_one():
    (_, second) = tables_of(space(), [], SIZE, most_depth=1)
    table = replace(second, widths=np.array([[96, 104, 104], [104, 104, 104], [208, 208, 208]]))
    scores = table.scores(lambda blocks: float(blocks[0].in_channels), 1)
    assert scores[0] == 96
    assert scores[1] == scores[2] != 96


RESIDUAL = [
    dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
    dict(type='BottleneckStage', in_channels=8, out_channels=16, mid_channels=8, stride=2),
]


@pytest.mark.parametrize(
    'other', [space(kernel_sizes=(3, 5)), ResidualSpace(RESIDUAL, max_channels=64)]
)
def test_spaces_that_differ_in_more_are_refused(other):
    name = type(other).__name__
    with pytest.raises(NoBound, match=f'{name} differ in more than widths and depths'):
        check_space(other)
