import logging
import sys
from typing import Any

import pytest

from pisnas_mm.search import build_searcher, build_verifier, check_config
from pisnas_mm.search.resampling import Resampling
from tests.test_search import small

LOGGER = logging.getLogger('test')


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
        ('verfy', {}, "unknown key `verfy` in the search config; did you mean 'verify'?"),
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
    return build_searcher(cfg, folder, LOGGER)


def test_a_verifier_is_built_where_it_is_asked_for(tmp_path):
    assert _verifier(tmp_path, None) is None
    verifier = _verifier(tmp_path, dict(type='MonteCarloPRScore', top_k=3, batch_size=2))
    assert verifier.sampler.sampling['num_draws'] == 16
    assert verifier.sampler.weights == (1, 1)


def test_a_search_is_the_same_whether_it_is_verified_or_not(tmp_path):
    cfg = small.config()
    verified = cfg | dict(verify=dict(type='MonteCarloPRScore'))
    settings = [_build(cfg, tmp_path).records.settings for cfg in (cfg, verified)]
    assert settings[0] == settings[1]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (7, 'verify should be True or a dict, but got 7'),
        (dict(type=None), r'verify should be a dict with a `type`, but got {'),
        (dict(type='MonteCarlo'), "verify: score 'MonteCarlo' is .*mean 'MonteCarloPRScore'?"),
        (dict(type='PRScore'), 'unknown key `verify.batch_size` in the search config'),
        (dict(topk=3), "unknown key `verify.topk` in the search config; did you mean 'top_k'?"),
        (dict(num_draw=3), "unknown key `verify.num_draw` in .*; did you mean 'num_draws'?"),
        (dict(top_k=0), 'verify.top_k should be a whole number >= 1, but got 0'),
        (dict(top_k=2.5), 'verify.top_k should be a whole number >= 1, but got 2.5'),
        (dict(top_k=None), 'verify.top_k should be a whole number >= 1, but got None'),
        (
            dict(top_k=11),
            r'verify.top_k should be at most search.top_k, .* best.json \(10\), but got 11',
        ),
        (dict(num_draws=0), 'verify.num_draws should be a whole number >= 1, but got 0'),
        (dict(num_draws='8'), "verify.num_draws should be a whole number >= 1, but got '8'"),
        (dict(batch_size=0), 'verify: .*batch_size should be >= 1'),
        (dict(threshold=2), 'verify: threshold should be between 0 and 1, but got 2'),
        # What only sampling finds out:
        (dict(weights=(1, 1, 1)), 'verify: weights should be one for each of the 2 stages .*1, 1'),
        (dict(reference='imge'), "verify: reference should be one of .*, but got 'imge'"),
        (dict(device='gpu'), 'verify: .*gpu'),
    ],
)
def test_a_mistake_in_the_verification_is_named(tmp_path, change, message):
    if isinstance(change, dict):
        change = dict(type='MonteCarloPRScore', batch_size=2) | change
    with pytest.raises(ValueError, match=f'^{message}'):
        _verifier(tmp_path, change)


def test_a_package_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'torch', None)
    with pytest.raises(
        ValueError,
        match=r'^verify: torch is not installed, but MonteCarloPRScore needs it; see docs/install',
    ):
        _verifier(tmp_path, dict(type='MonteCarloPRScore'))


def _verifier(folder, verify: Any) -> Resampling | None:
    cfg = small.config() if verify is None else small.config() | dict(verify=verify)
    searcher = _build(cfg, folder)
    return build_verifier(cfg, searcher.evaluator.score, LOGGER)
