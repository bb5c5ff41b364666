from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import MACs, Params
from pisnas_mm.ranking.drawing import drawn, evenly
from pisnas_mm.ranking.settings import RankingSettings
from pisnas_mm.registry import SPACES, build
from pisnas_mm.spaces import Space
from pisnas_mm.utils.configs import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
SIZE = 128
BUDGETS = {'macs': MACs(max=25e6, image_size=SIZE), 'params': Params(max=0.4e6)}


@pytest.fixture(scope='module', params=['pis_digits', 'pis_r50_w16_digits'])
def space(request: pytest.FixtureRequest) -> Space:
    cfg = load_config(str(CONFIGS / f'{request.param}.py')).to_dict()
    found: Space = build(SPACES, cfg['space'], 'space')
    return found


def draw(space: Space, **settings: Any) -> list[Genotype]:
    entries = {'num_architectures': 12, 'pool_size': 300, 'least_use': {'macs': 0.9}} | settings
    return drawn(space, BUDGETS, SIZE, RankingSettings(**entries))


def test_budgets_are_kept_and_used(space: Space) -> None:
    found = draw(space)
    assert len(set(found)) == 12
    for genotype in found:
        assert 0.9 * 25e6 <= measures.macs(genotype, SIZE) <= 25e6
        assert measures.params(genotype) <= 0.4e6


def test_the_seed_decides(space: Space) -> None:
    assert draw(space) == draw(space)
    assert draw(space, seed=1) != draw(space)


def test_strata_spread_what_is_drawn(space: Space) -> None:
    def gaps(stratify: str | None) -> float:
        """The largest of the gaps between neighbours, as a share of the range."""
        entropies = sorted(
            measures.bottleneck_entropy(g, SIZE) for g in draw(space, stratify=stratify)
        )
        steps = [b - a for a, b in pairwise(entropies)]
        return max(steps) / (entropies[-1] - entropies[0])

    assert gaps('bottleneck_entropy') <= 2.01 / 11 + 0.1
    assert gaps('bottleneck_entropy') <= gaps(None)


def test_strata_of_equal_width() -> None:
    values = [0.0, 0.01, 0.02, 0.03, 1.0, 1.1, 3.9, 4.0]
    chosen = [values[i] for i in evenly(values, 4, Random(0))]
    assert chosen[0] < 0.1
    assert 1 <= chosen[1] <= 1.1
    assert chosen[2] in (1.0, 1.1, 3.9, 4.0)  # the third is empty: the nearest that is left
    assert chosen[3] >= 3.9
    assert len(set(chosen)) == 4


def test_every_value_of_a_stratum_may_be_drawn() -> None:
    values = [0.0, 0.1, 0.2, 1.0]
    assert {evenly(values, 2, Random(seed))[0] for seed in range(40)} == {0, 1, 2}


def test_equal_values() -> None:
    assert sorted(evenly([1.0] * 5, 5, Random(0))) == [0, 1, 2, 3, 4]


def test_too_narrow_budgets(space: Space) -> None:
    least = MACs(max=1.0, image_size=SIZE).measure
    budgets = {'macs': MACs(max=least(space.smallest(least)), image_size=SIZE)}
    with pytest.raises(ValueError, match='loosen the budgets or lower pool_size'):
        drawn(space, budgets, SIZE, RankingSettings(num_architectures=3, pool_size=4))


def test_only_upper_budgets_can_be_used(space: Space) -> None:
    from pisnas_mm.constraints import BottleneckEntropy

    budgets = {'entropy': BottleneckEntropy(min=5.0, image_size=SIZE)}
    with pytest.raises(ValueError, match=r'least_use.entropy: this constraint is no upper budget'):
        drawn(space, budgets, SIZE, RankingSettings(least_use={'entropy': 0.5}))
