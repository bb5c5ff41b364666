from itertools import islice

import pytest

from pisnas_mm.blocks import BottleneckStage, C2f
from pisnas_mm.constraints import MACs, Params, build_constraints
from pisnas_mm.latency.kernels import calls
from pisnas_mm.measures import macs
from pisnas_mm.registry import SPACES, build
from pisnas_mm.spaces import MixedSpace
from pisnas_mm.timing.plan import drawn, points
from tests.test_search import small

SPACE = build(SPACES, small.config()['space'], 'space')
BUDGETS = {'params': Params(max=20_000), 'macs': MACs(max=1.5e6, image_size=64)}


def test_backbones_keep_the_upper_budgets_and_are_of_all_sizes() -> None:
    found = list(islice(drawn(SPACE, BUDGETS, 64, 0), 40))
    assert all(one.allows(one.measure(g)) for g in found for one in BUDGETS.values())
    sizes = [macs(genotype, 64) for genotype in found]
    assert min(sizes) < 0.5 * max(sizes)
    assert max(sizes) > 0.8e6
    assert len(set(found)) > 20


def test_floors_and_seeds_beyond_the_budgets_are_no_hindrance() -> None:
    given = build_constraints(small.config()['constraints'], 64) | {
        'macs': MACs(max=6e5, image_size=64)
    }
    assert not given['macs'].allows(macs(SPACE.largest(lambda g: macs(g, 64)), 64))
    assert len(list(islice(drawn(SPACE, given, 64, 0), 3))) == 3


def test_budgets_that_nothing_keeps_are_one_line() -> None:
    with pytest.raises(ValueError, match='no backbone comes within the budgets') as error:
        next(drawn(SPACE, {'macs': MACs(max=1e4, image_size=64)}, 64, 0))
    assert '\n' not in str(error.value)


def test_the_same_come_again() -> None:
    first, again = [list(islice(drawn(SPACE, BUDGETS, 64, 3), 5)) for _ in range(2)]
    assert first == again != list(islice(drawn(SPACE, BUDGETS, 64, 4), 5))


def test_points_lie_around_all_widths() -> None:
    genotypes = list(islice(drawn(SPACE, BUDGETS, 64, 0), 40))
    found: dict[str, set[tuple[int, ...]]] = {}
    for kernel, widths, op in points(genotypes, 64):
        found.setdefault(str(kernel), set()).add(widths)
        assert type(op).__name__
    for genotype in genotypes:
        for kernel, widths, _, _ in calls(genotype, 64):
            for i, width in enumerate(widths):
                axis = {point[i] for point in found[str(kernel)]}
                assert min(axis) <= width <= max(axis)
    assert (3, 8) in found['conv3/2 silu @64']


def test_every_family_of_a_space_is_drawn() -> None:
    seed = small.config()['space']['seed']
    space = MixedSpace(seed=seed, choices=['C2f', 'BottleneckStage'], max_channels=24, max_depth=3)
    genotypes = list(islice(drawn(space, {}, 64, 0), 30))
    families = {type(block) for genotype in genotypes for block in genotype.blocks}
    assert {C2f, BottleneckStage} <= families
    names = {point.kernel.name for point in points(genotypes, 64)}
    assert {'chunk', 'concat', 'conv1/1 linear', 'silu'} <= names


def test_rare_widths_are_left_out() -> None:
    common = small.architecture((8, 8, 8, 8, 8), (1, 1), (3, 3))
    rare = small.architecture((8, 8, 24, 24, 24), (1, 1), (3, 3))
    kept = points([common] * 2000 + [rare], 64)
    assert max(max(point.widths) for point in kept if 'conv3' in point.kernel.name) == 8
    assert pytest.approx(len(points([common], 64))) == len(
        [p for p in kept if p.kernel in {q.kernel for q in points([common], 64)}]
    )
