from typing import Any

import pytest

from pisnas_mm.ranking.brief_settings import BriefTraining, brief_settings


def settings(**verify: Any) -> BriefTraining:
    return brief_settings({'verify': dict(type='BriefTraining', **verify), 'search': {}})


def test_rounds_share_the_steps() -> None:
    found = settings(steps=1000, rungs=3, seeds=[0, 1], top_k=4, spread=0.02)
    assert (found.rounds, found.steps_a_round, found.seeds) == (4, 250, (0, 1))
    assert brief_settings({'verify': True}) == BriefTraining()


@pytest.mark.parametrize(
    ('verify', 'complaint'),
    [
        (dict(steps=3, rungs=3), r'verify.steps = 3 are too few: the first of 3 rungs .* 1/4 of'),
        (dict(step=3), "unknown key `verify.step` .* did you mean 'steps'"),
        (dict(seeds=[1, 1]), 'verify.seeds should be a list of different seeds'),
        (dict(rungs=0), 'verify.rungs should be a whole number >= 1'),
        (dict(top_k=11), 'verify.top_k should be at most search.top_k'),
        (dict(baselines=dict(a=3)), r'verify.baselines.a should be a backbone .* but got 3'),
        (dict(baselines={'../a': 'b.py'}), 'verify.baselines: names should be of letters'),
        (dict(baselines=dict(a=dict(depth=50))), 'verify.baselines.a should be a backbone'),
    ],
)
def test_what_is_refused(verify: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        settings(**verify)
