from typing import Any

import pytest

from pisnas_mm.ranking.settings import RankingSettings, ranking_settings

MACS = {'macs': {'type': 'MACs', 'max': 1e9}}


def settings(**entries: Any) -> RankingSettings:
    return ranking_settings({'constraints': MACS, 'ranking': entries})


def test_lists_of_configs_become_tuples() -> None:
    assert settings(training_seeds=[3, 4]).training_seeds == (3, 4)
    assert ranking_settings({}) == RankingSettings()


@pytest.mark.parametrize(
    ('entries', 'complaint'),
    [
        ({'num_architecture': 3}, "did you mean 'num_architectures'"),
        ({'num_architectures': 2}, 'num_architectures should be a whole number >= 3'),
        ({'num_architectures': 9, 'pool_size': 8}, 'pool_size should be at least'),
        ({'num_architectures': 9, 'top_k': 10}, 'top_k should be at most'),
        ({'stratify': 'score'}, 'stratify should be None or one of params, macs, layers, '),
        ({'least_use': {'macs': 1.5}}, 'least_use.macs should be between 0 and 1'),
        ({'least_use': {'mac': 0.9}}, "no constraint `mac`; did you mean 'macs'"),
        ({'least_use': 0.9}, 'least_use should be a dict'),
        ({'training_seeds': 2}, 'training_seeds should be a list'),
        ({'training_seeds': (1, 1)}, 'of different seeds'),
        ({'training_seeds': (-1,)}, 'training_seeds[0] should be'),
        ({'metric': ''}, 'metric should be the name'),
        ({'scores': ['PISScore']}, 'scores should be a dict'),
        ({'num_resamples': 1}, 'num_resamples should be'),
    ],
)
def test_complaints(entries: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match='ranking') as error:
        settings(**entries)
    assert complaint in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_all_problems_at_once() -> None:
    with pytest.raises(ValueError, match='seed') as error:
        settings(seed=-1, top_k=0, metric=None)
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize('epochs', [3, (0,), ('a',)])
def test_early_epochs_are_whole_numbers(epochs: object) -> None:
    with pytest.raises(ValueError, match=r'ranking.early_epochs'):
        RankingSettings(early_epochs=epochs)  # type: ignore[arg-type]
