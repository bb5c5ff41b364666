"""Bounds by relaxation, against chains that are small enough to go through."""

from itertools import product

import numpy as np
import pytest

from pisnas_mm.bounds.relaxation import Choices, Relaxation

SHALLOW, DEEP = (1, 1, 1), (2, 1, 2)


class Chain:
    """Three stages in two depths, whose choices, scores and costs are drawn."""

    def __init__(self, seed: int, num_budgets: int = 2) -> None:
        rng = np.random.default_rng(seed)
        self.ends = [rng.integers(0, 3, (12, 2)) * 8 for _ in range(3)]
        self.choices = {
            (i, depth): Choices(rng.normal(10 * depth, 3, 12), rng.random((num_budgets, 12)))
            for i, depth in product(range(3), (1, 2))
        }
        self.limits = np.full(num_budgets, 1.2)

    def relaxed(self) -> Relaxation:
        return Relaxation(
            self.ends,
            lambda i, depth: self.choices[i, depth],
            lambda d: -float(sum(d)),
            self.limits,
        )

    def best(self, depths, within_limits=True) -> float:
        """By going through all; -inf where nothing is within the limits."""
        best = -np.inf
        for chosen in product(range(12), repeat=3):
            joints = zip(chosen, chosen[1:], self.ends, self.ends[1:], strict=False)
            if any(end[a, 1] != begin[b, 0] for a, b, end, begin in joints):
                continue
            several = [self.choices[i, depths[i]] for i in range(3)]
            costs = sum(of.costs[:, c] for of, c in zip(several, chosen, strict=True))
            if not within_limits or (costs <= self.limits).all():
                score = sum(of.scores[c] for of, c in zip(several, chosen, strict=True))
                best = max(best, score - sum(depths))
        return best


@pytest.mark.parametrize('seed', range(8))
def test_without_multipliers_it_is_the_best_of_all(seed):
    chain = Chain(seed)
    bounds = chain.relaxed().bounds([SHALLOW, DEEP], np.zeros(2))
    for depths in (SHALLOW, DEEP):
        assert bounds[depths] == pytest.approx(chain.best(depths, within_limits=False))


@pytest.mark.parametrize('seed', range(8))
@pytest.mark.parametrize('multipliers', [(0.0, 5.0), (3.0, 0.0), (20.0, 20.0)])
def test_nothing_within_the_limits_exceeds_it(seed, multipliers):
    chain = Chain(seed)
    for depths, bound in chain.relaxed().bounds([SHALLOW, DEEP], np.array(multipliers)).items():
        assert bound >= chain.best(depths) - 1e-9


@pytest.mark.parametrize('seed', range(1, 7))
def test_chosen_multipliers_make_the_bound_least(seed):
    """Against all multipliers of a grid; what is left to the best is the relaxation's own gap."""
    chain, start = Chain(seed), np.zeros(2)
    relaxed, best = chain.relaxed(), chain.best(DEEP)
    chosen = relaxed.multipliers(DEEP, start, reached=best)
    assert (chosen >= 0).all()

    def bound(multipliers):
        return relaxed.bounds([DEEP], np.array(multipliers))[DEEP]

    least = min(bound(pair) for pair in product(np.arange(0, 15, 0.5), repeat=2))
    assert bound(chosen) <= least + 0.1 < bound(start)


def test_multipliers_are_good_enough_where_the_bound_is_below_what_was_reached():
    chain, start = Chain(0), np.ones(2)
    relaxed = chain.relaxed()
    assert relaxed.multipliers(DEEP, start, reached=1000.0) is start
