from math import inf

import pytest

from pisnas_mm.ranking.budget import Pace, duration, makespan, steps_within
from pisnas_mm.ranking.halving import rounds_of_all


def test_a_run_is_its_start_its_rounds_and_their_steps() -> None:
    assert Pace(10, 5, 0.5).seconds(rounds=4, steps=20) == 10 + 4 * (5 + 20 * 0.5)


@pytest.mark.parametrize(('at_a_time', 'end'), [(1, 14), (2, 8), (3, 6), (9, 6)])
def test_some_at_a_time(at_a_time: int, end: float) -> None:
    """Two at a time: 6 beside 1, 3 and 4, which begins when 3 has ended."""
    assert makespan([6, 1, 3, 4], at_a_time) == end


@pytest.mark.parametrize('sizes', [(4, 1), (5, 2), (1, 0), (7, 3)])
@pytest.mark.parametrize(('rungs', 'seeds'), [(1, 1), (3, 3), (4, 2)])
def test_one_at_a_time_all_rounds_follow_each_other(
    sizes: tuple[int, int], rungs: int, seeds: int
) -> None:
    groups = [[Pace(0, 0, 2)] * size for size in sizes]
    rounds = rounds_of_all(sizes, rungs, seeds)
    assert duration(groups, rungs, seeds, 1, steps=10) == 20 * rounds
    assert steps_within(20 * rounds, groups, rungs, seeds, 1) == 10
    assert steps_within(20 * rounds - 1, groups, rungs, seeds, 1) == 9
    assert steps_within(2 * rounds - 1, groups, rungs, seeds, 1) == 0


def test_the_slowest_might_stay() -> None:
    """Two rungs: both for a round, then the slower one for another, and one with another seed."""
    groups = [[Pace(1, 0, 1), Pace(1, 0, 3)]]
    assert duration(groups, 2, 2, 1, steps=10) == (11 + 31) + 31 + 61


def test_whoever_takes_no_time_does_not_run_for_ever() -> None:
    assert 0 < steps_within(inf, [[Pace(0, 0, 0)]], 1, 1, 1) < 10**7
