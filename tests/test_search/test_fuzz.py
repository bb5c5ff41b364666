"""The front door of a search: whatever a config says, it is built or refused in lines."""

import copy
import logging
import random
from contextlib import suppress
from dataclasses import replace

import pytest

from pisnas_mm.search import build_searcher, check_config
from tests.test_search import small

LOGGER = logging.getLogger('fuzz')
LOGGER.setLevel('ERROR')
COUNT = 4000
VALUES = [
    *(None, True, False, 0, 1, -1, 2, 3, 7, 8, 16, 31, 33, 64, 97, 100, 10**6, 10**12, 2**70),
    *(10**5000, 0.0, 0.5, -2.5, 1e308, float('inf'), float('-inf'), float('nan'), 1j, b'x'),
    *('', 'x', 'PRScore', 'MonteCarloPRScore', 'Params', 'C2fSpace', 'ResidualSpace', 'macs', '\n'),
    *(['C2f', 'PlainC2f'], [['C2f']], [None] * 5, [['C2f', 'SPPF']] * 5),
    *([], [1], [1, 1], (1, 2), [0.5, 'x'], [[]], [None], {}, {'type': 'Params'}, {1: 2}, set()),
    *(
        {'type': None},
        {'type': 'PRScore', 'weights': [1, 1]},
        object(),
        lambda: 0,
        range(3),
        'x' * 9999,
    ),
]


def places(value, path=()):
    """The path of everything in a config."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list | tuple):
        for i in range(len(value)):
            yield from places(value[i], (*path, i))


def mutated(rng, plain):
    """The small config, spoilt in one to three places."""
    cfg = copy.deepcopy(plain)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        *path, last = rng.choice([path for path in places(cfg) if path])
        entry = cfg
        for part in path:
            entry = entry[part]
        if isinstance(entry, tuple):
            continue
        what = rng.random()
        if what < 0.8:
            entry[last] = copy.deepcopy(rng.choice(PLAIN_VALUES if rng.random() < 0.2 else VALUES))
        elif what < 0.9:
            del entry[last]
        elif isinstance(entry, dict):
            entry[rng.choice(['typ', 'max', 'new', 7, None])] = entry.pop(last)
    return cfg


def plain():
    cfg = small.config(
        num_candidates=60, tie_breakers=['-macs'], seed=3, num_mutations=2, max_failures=3, top_k=4
    )
    cfg['space'] |= dict(kernel_sizes=[3, 5], channel_factors=[2, 0.5], depth_steps=[-1, 1])
    cfg['score'] |= dict(gamma=[1, 2], pr_score=dict(type='PRScore', weights=[1, 1], threshold=0.1))
    cfg['constraints'] |= dict(
        macs=dict(type='MACs', max=1e12), layers=dict(type='Layers', max=999)
    )
    cfg['verify'] = dict(type='MonteCarloPRScore', top_k=2, num_draws=2)
    return cfg


def mixed():
    cfg = plain()
    families = ['C2f', 'PlainC2f', 'BottleneckStage']
    cfg['space'] |= dict(type='MixedSpace', choices=[None, None, families, None, families[:2]])
    return cfg


PLAIN = plain()
PLAIN_VALUES = [entry for key, entry in PLAIN.items() if key != 'space']


@pytest.mark.parametrize('cfg', [PLAIN, mixed()], ids=['C2fSpace', 'MixedSpace'])
def test_no_config_is_a_traceback(tmp_path, cfg):
    plain = cfg
    rng, refused, ran = random.Random(0), [], 0
    for i in range(COUNT):
        cfg = mutated(rng, plain)
        try:
            check_config(cfg)
            searcher = build_searcher(cfg, tmp_path, LOGGER)
        except ValueError as error:
            refused += str(error).splitlines()
            continue
        most = min(searcher.settings.num_candidates, 60)
        searcher.settings = replace(searcher.settings, num_candidates=most)
        if i % 3 == 0 and searcher.evolution.num_mutations < 100:
            with suppress(ValueError):  # of budgets that exclude each other
                searcher.run()
            assert searcher.counts.failed == 0
            ran += 1
    assert len(refused) > COUNT / 3
    assert all(0 < len(line) < 1500 for line in refused)
    assert ran > COUNT / 50
