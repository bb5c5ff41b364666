"""Successive halving: all train a little, the worse half leaves, the others train twice as long.

Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
optimization", AISTATS 2016. Our own, since optuna's pruner decides trial by trial as they come, so
that what is pruned depends on how many run at a time; here a rung ends before anybody leaves.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Values = Mapping[str, float | None]
"""What each has reached, higher being better; None where its training failed."""


class Rung(NamedTuple):
    """How far everybody was trained, in rounds; what they reached; who goes on, best first."""

    rounds: int
    reached: dict[str, float | None]
    left: tuple[str, ...]


def rounds_of(rungs: int) -> list[int]:
    """How far each rung trains, in rounds: 1, 2, 4, ..."""
    return [2**rung for rung in range(rungs)]


def halve(
    groups: Sequence[Sequence[str]],
    rungs: int,
    train: Callable[[Sequence[str], int], Values],
    done: Callable[[Rung], object] = lambda rung: None,
) -> list[Rung]:
    """Train rung by rung; of each group the better half, rounded up, goes on.

    Groups are halved apart, so that the best of each is there to the end. Nobody leaves after the
    last rung but those who failed.

    Args:
        groups: Names, in the order that decides between equal ones.
        rungs: How many.
        train: Trains some up to so many rounds, and says what they have reached.
        done: Told of every rung.
    """
    found: list[Rung] = []
    for rounds in rounds_of(rungs):
        values = dict(train([name for group in groups for name in group], rounds))
        last = rounds == 2 ** (rungs - 1)
        groups = [
            _better(group, values, len(group) if last else -(-len(group) // 2)) for group in groups
        ]
        found.append(Rung(rounds, values, tuple(name for group in groups for name in group)))
        done(found[-1])
    return found


def rounds_of_all(sizes: Sequence[int], rungs: int, seeds: int) -> int:
    """Rounds that all trainings take together, where none fails.

    Args:
        sizes: Of the groups.
        rungs: How many.
        seeds: With how many those on the last rung are trained, from the beginning each.
    """
    total, before = 0, 0
    for rounds in rounds_of(rungs):
        if before:
            sizes = [-(-size // 2) for size in sizes]
        total += sum(sizes) * (rounds - before)
        before = rounds
    return total + sum(sizes) * before * (seeds - 1)


class Replayed(NamedTuple):
    """What halving makes of trainings that have all ended.

    ``epochs`` are those after which the worse half leaves, and the last one; ``share`` is of all
    steps, and ``regret`` the best at the end less whom halving names.
    """

    epochs: tuple[int, ...]
    winner: str
    share: float
    regret: float


def replayed(curves: Mapping[str, Mapping[int, float]]) -> Replayed:
    """Halve in hindsight, with as many rungs as there are evaluations after halves of all epochs.

    Args:
        curves: By name what was reached after every epoch that was evaluated; the same for all.
    """
    last = max(next(iter(curves.values())))
    first, rungs = last, 1
    while first % 2 == 0 and all(first // 2 in curve for curve in curves.values()):
        first, rungs = first // 2, rungs + 1

    def train(names: Sequence[str], rounds: int) -> Values:
        return {name: curves[name][rounds * first] for name in names}

    rung = halve([list(curves)], rungs, train)[-1]
    winner = rung.left[0]
    regret = max(curve[last] for curve in curves.values()) - curves[winner][last]
    share = rounds_of_all([len(curves)], rungs, 1) * first / (len(curves) * last)
    return Replayed(tuple(of * first for of in rounds_of(rungs)), winner, share, regret)


def _better(group: Sequence[str], values: Values, count: int) -> list[str]:
    sound = [(value, name) for name in group if (value := values[name]) is not None]
    ranked = sorted(sound, key=lambda pair: -pair[0])
    return [name for _, name in ranked[:count]]
