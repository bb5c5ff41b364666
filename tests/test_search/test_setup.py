import logging

import pytest

from pisnas_mm.search import build_searcher, check_config
from tests.test_search import small


def changed(key: str, value: object) -> dict:
    """The small config with another value at a dotted key."""
    cfg = small.config()
    *path, last = key.split('.')
    entry = cfg
    for part in path:
        entry = entry[part]
    entry[last] = value
    return cfg


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('serch', {}, "unknown key `serch` in the search config; did you mean 'search'?"),
        ('search.population', 9, "unknown key `search.population` .*mean 'population_size'?"),
        ('space.max_chanels', 8, "space: C2fSpace takes no `max_chanels`; .* 'max_channels'?"),
        ('score.omgea', 8, "score: PISScore takes no `omgea`; did you mean 'omega'?"),
        ('constraints.params.mx', 1, "constraints.params: Params takes no `mx`; .*mean 'max'?"),
        ('image_size', 16, 'image_size should be a whole number >= 32'),
        ('image_size', '224', "image_size should be a whole number >= 32 .*, but got '224'"),
        ('constraints', [], r'constraints should be a dict of dicts, but got \[\]'),
        ('search', 7, 'search should be a dict, but got 7'),
        ('search.num_candidates', 0, 'search.num_candidates should be a whole number >= 1'),
        ('search.seed', -1, 'search.seed should be a whole number >= 0, but got -1'),
        ('search.seed', 1.5, 'search.seed should be a whole number >= 0, but got 1.5'),
        ('search.tie_breakers', ['latency'], "tie_breakers should be among .*, but got 'latency'"),
        ('space', dict(type='Resnet'), "space: space 'Resnet' is unknown"),
        ('score', 'PISScore', "score should be a dict with a `type`, but got 'PISScore'"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(tmp_path, key, value, message):
    with pytest.raises(ValueError, match=message):
        _build(changed(key, value), tmp_path)


@pytest.mark.parametrize('key', ['space', 'image_size', 'constraints', 'score', 'detector'])
def test_a_missing_entry_is_named(tmp_path, key):
    cfg = small.config()
    del cfg[key]
    with pytest.raises(ValueError, match=f'the search config has no `{key}`'):
        _build(cfg, tmp_path)


def _build(cfg, folder):
    check_config(cfg)
    return build_searcher(cfg, folder, logging.getLogger('test'))
