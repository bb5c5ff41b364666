import logging
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import bottleneck_entropy, params
from pisnas_mm.search import Evaluation, build_searcher, search_settings
from pisnas_mm.search.growth import SHARE, Grown, grow
from pisnas_mm.search.restarts import RestartedEvolution
from pisnas_mm.search.setup import family_of
from tests.test_search import small

LOGGER = logging.getLogger('pisnas_mm.test')
ORIGIN = small.architecture((8, 16, 16, 16, 16), (3, 1), (3, 3))
LIMITS = {'n': 15_000, 's': 22_000, 'm': 30_000}  # params


def grown(
    folder: Path, floors: Mapping[str, float] | None = None, **search: Any
) -> dict[str, Evaluation]:
    cfg = small.config(num_candidates=2000, objectives=['score', '-params'], num_budgets=4)
    cfg['search'] |= search
    cfg['constraints'] = dict(params=dict(type='Params', max=40_000))
    cfg['family'] = {name: dict(params=limit) for name, limit in LIMITS.items()}
    for name, floor in (floors or {}).items():
        cfg['family'][name]['bottleneck_entropy'] = floor
    evaluator = build_searcher(cfg, folder, LOGGER).evaluator
    settings = search_settings(cfg)
    family = family_of(cfg, settings, {})
    assert family
    return grow(cfg, settings, family, evaluator, evaluator.scored(ORIGIN), LOGGER)


@pytest.mark.parametrize(
    ('widths', 'depths', 'least'),
    [
        ((8, 16, 16, 16, 16), (3, 1), 1),
        ((8, 24, 24, 24, 24), (3, 2), 1),
        ((16, 16, 16, 24, 24), (2, 3), 2 / 3),
        ((8, 8, 16, 16, 16), (3, 3), 1 / 2),
    ],
)
def test_the_smallest_block_counts(
    widths: tuple[int, ...], depths: tuple[int, ...], least: float
) -> None:
    constraint = Grown(ORIGIN)
    other = small.architecture(widths, depths, (5, 5))
    assert constraint.measure(other) == least
    assert constraint.allows(constraint.measure(other)) == (least == 1)


def sizes(genotype: Genotype) -> list[tuple[int, int]]:
    return [(block.out_channels, block.num_blocks) for block in genotype.blocks]


@pytest.mark.parametrize('algorithm', ['ruins', 'loosened', 'restarts', 'released'])
def test_members_keep_what_the_one_before_has(algorithm: str, tmp_path: Path) -> None:
    """And to their own budgets, where the search bounds the same by another number."""
    members = grown(tmp_path, algorithm=algorithm)
    assert list(members) == list(LIMITS)
    assert members['n'].genotype == ORIGIN
    chain = [kept.genotype for kept in members.values()]
    for before, after in pairwise(chain):
        for old, new in zip(sizes(before), sizes(after), strict=True):
            assert old[0] <= new[0]
            assert old[1] <= new[1]
    for genotype, limit in zip(chain, LIMITS.values(), strict=True):
        assert params(genotype) <= limit
    scores = [kept.score for kept in members.values()]
    assert scores == sorted(set(scores))


def test_a_loosened_search_begins_above_a_floor_that_the_member_before_does_not_reach(
    tmp_path: Path,
) -> None:
    """Beside it there is little: the first generation has nothing else that would do."""
    floors = {'n': 4.6, 's': 5.0, 'm': 5.2}
    members = grown(tmp_path, floors, algorithm='loosened', generation_size=1)
    for name, member in members.items():
        assert bottleneck_entropy(member.genotype, 64) >= floors[name]


def test_members_grow_with_the_algorithm_of_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    enter = RestartedEvolution._enter

    def counted(evolution: RestartedEvolution, phase: int) -> None:
        begun.append(phase)
        enter(evolution, phase)

    monkeypatch.setattr(RestartedEvolution, '_enter', counted)
    grown(tmp_path, num_candidates=SHARE * 500, restarts=3)
    assert begun == [1, 2, 3] * 2
    begun.clear()
    grown(tmp_path, algorithm='released')
    assert not begun
