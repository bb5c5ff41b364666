"""The searches of other methods have the settings that their authors released."""

from pathlib import Path

import pytest

from pisnas_mm.search import check_config
from pisnas_mm.utils.configs import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
# Budgets, weights by stage, population and candidates of the authors' own configurations
# (alibaba/lightweight-neural-architecture-search: configs/detection and configs/classification).
RELEASED = {
    'maedet_r50': (480, dict(macs=188e8, layers=91), (0, 0, 1, 1, 6), 256, 100_000),
    **{
        f'deepmad_{name}': (
            224,
            dict(macs=macs, params=params, effectiveness=0.3),
            (1, 1, 1, 1, 8),
            256,
            500_000,
        )
        for name, macs, params in (
            ('r18', 1.82e9, 11.69e6),
            ('r34', 3.68e9, 21.80e6),
            ('r50', 4.13e9, 25.55e6),
        )
    },
}


@pytest.mark.parametrize('name', RELEASED)
def test_settings_are_the_released_ones(name):
    cfg = load_config(str(CONFIGS / f'{name}_released.py')).to_dict()
    check_config(cfg)
    image_size, budgets, weights, population, candidates = RELEASED[name]
    assert cfg['image_size'] == image_size
    assert {key: c['max'] for key, c in cfg['constraints'].items()} == pytest.approx(budgets)
    from pisnas_mm.registry import SCORES, SPACES, build

    score = build(SCORES, cfg['score'], 'score', image_size=image_size)
    assert score.weights == weights
    space = build(SPACES, cfg['space'], 'space')
    assert space.max_channels == 2048
    assert space.kernel_sizes == (3, 5)
    assert space.channel_factors == (1.5, 1.25, 0.8, 0.6, 0.5)
    assert space.depth_steps == (-2, -1, 1, 2)
    assert cfg['search']['population_size'] == population
    assert cfg['search']['num_candidates'] == candidates
    if name == 'maedet_r50':
        assert space.max_depth == 91 // 3 // (len(space.seed.blocks) - 2)
    else:
        assert (score.depth_penalty, score.dispersion, score.num_depths) == (10, 'std', 3)


@pytest.mark.parametrize('name', ['maedet_r50', 'deepmad_r50'])
def test_the_searches_checked_in_have_the_same_budgets(name):
    here, released = (load_config(str(CONFIGS / f'{n}.py')) for n in (name, f'{name}_released'))
    assert here.constraints == released.constraints
    assert here.score.type == released.score.type
