from collections.abc import Sequence

import pytest

from pisnas_mm.ranking.halving import Replayed, Rung, halve, replayed, rounds_of, rounds_of_all

WORTH = {'a': 0.1, 'b': 0.4, 'c': 0.3, 'd': 0.2, 'x': 0.05, 'y': 0.01}


def trainer(asked: list[tuple[tuple[str, ...], int]], failing: str = ''):
    def train(names: Sequence[str], rounds: int) -> dict[str, float | None]:
        asked.append((tuple(names), rounds))
        return {name: None if name in failing else WORTH[name] * rounds for name in names}

    return train


def test_the_worse_half_of_each_group_leaves_and_the_others_train_twice_as_long() -> None:
    asked: list[tuple[tuple[str, ...], int]] = []
    told: list[Rung] = []
    found = halve(['abcd', 'xy'], 3, trainer(asked), told.append)
    assert asked == [(tuple('abcdxy'), 1), (tuple('bcx'), 2), (tuple('bx'), 4)]
    assert [rung.left for rung in found] == [('b', 'c', 'x'), ('b', 'x'), ('b', 'x')]
    assert found[1].reached == {'b': 0.8, 'c': 0.6, 'x': 0.1}
    assert told == found


def test_nobody_leaves_after_the_last_rung_and_odd_halves_are_rounded_up() -> None:
    found = halve(['abc'], 2, trainer([]))
    assert [rung.left for rung in found] == [('b', 'c'), ('b', 'c')]
    assert halve(['abc'], 1, trainer([]))[0].left == ('b', 'c', 'a')


def test_who_fails_leaves_and_makes_no_room() -> None:
    found = halve(['abcd', 'x'], 2, trainer([], failing='b'))
    assert found[0].left == ('c', 'd', 'x')
    assert halve(['ab'], 2, trainer([], failing='ab'))[-1].left == ()


def test_equal_ones_stay_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORTH, 'a', 0.4)
    assert halve(['ab'], 2, trainer([]))[0].left == ('a',)
    assert halve(['ba'], 2, trainer([]))[0].left == ('b',)


@pytest.mark.parametrize(('sizes', 'rungs'), [([4, 1], 3), ([5, 2], 2), ([3, 0], 1), ([8, 3], 4)])
@pytest.mark.parametrize('seeds', [1, 3])
def test_rounds_of_all_trainings(sizes: list[int], rungs: int, seeds: int) -> None:
    """As they come when it runs: each goes on from the rung before; other seeds from the start."""
    asked: list[tuple[tuple[str, ...], int]] = []
    names = iter('abcdefghijklm')
    groups = [[next(names) for _ in range(size)] for size in sizes]

    def train(names: Sequence[str], rounds: int) -> dict[str, float]:
        asked.append((tuple(names), rounds))
        return dict.fromkeys(names, 1.0)

    halve(groups, rungs, train)
    each = [b - a for a, b in zip([0, *rounds_of(rungs)], rounds_of(rungs), strict=False)]
    total = sum(len(who) * new for (who, _), new in zip(asked, each, strict=True))
    total += len(asked[-1][0]) * rounds_of(rungs)[-1] * (seeds - 1)
    assert rounds_of_all(sizes, rungs, seeds) == total


def test_in_hindsight_it_saves_steps_and_may_lose_the_best() -> None:
    """Of four for 12 epochs, two leave after 3 (d, which ends as the best) and one after 6."""
    curves = {
        'a': {3: 1.0, 6: 2.0, 9: 3.0, 12: 4.0},
        'b': {3: 3.0, 6: 5.0, 9: 6.0, 12: 7.0},
        'c': {3: 2.0, 6: 4.0, 9: 7.0, 12: 8.0},
        'd': {3: 0.0, 6: 6.0, 9: 8.0, 12: 9.0},
    }
    found = replayed(curves)
    assert (found.epochs, found.winner, found.regret) == ((3, 6, 12), 'b', 2.0)
    assert found.share == (4 * 3 + 2 * 3 + 1 * 6) / (4 * 12)


def test_in_hindsight_without_early_evaluations_all_are_trained() -> None:
    assert replayed({'a': {9: 1.0}, 'b': {9: 2.0}}) == Replayed((9,), 'b', 1.0, 0.0)
