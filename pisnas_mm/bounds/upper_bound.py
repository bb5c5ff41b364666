"""How good the best architecture of a search can be: no architecture within its budgets is better.

With the depths given, scores and costs are sums over stages, and ``relaxation`` bounds what widths
can make of them. Depths are bounded one by one: those with the highest bound get multipliers of
their own, which are tried on all others, until none is left that could be better.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial

import numpy as np

from pisnas_mm.blocks import Block
from pisnas_mm.bounds.affordable import (
    affordable,
    affordable_depths,
    budgets_of,
    deepest,
    floors_of,
)
from pisnas_mm.bounds.relaxation import ROUNDING, Array, Choices, Depths, Relaxation
from pisnas_mm.bounds.separable import Separated, separated
from pisnas_mm.bounds.stages import StageTable, tables_of
from pisnas_mm.constraints import Constraint
from pisnas_mm.receptive.stages import Stages
from pisnas_mm.scores import Score
from pisnas_mm.spaces import Space

_ROUNDS = 200  # choices of depths that get multipliers of their own


def upper_bound(
    space: Space,
    score: Score,
    constraints: Mapping[str, Constraint],
    image_size: int,
    reached: float,
) -> float:
    """What no architecture of a space exceeds within its budgets.

    Bounds on measures that are sums over blocks (params, MACs, layers) are relaxed; those on what
    the least block has (bottleneck entropy) hold exactly, block by block; others are left out. The
    bound holds in any case, and is the nearer the more it knows of.

    Args:
        space: Where the architectures are from.
        score: What is maximised.
        constraints: What they satisfy, by name.
        image_size: Side of the square input, in pixels.
        reached: The score of the best that is known. Depths whose bound is below it need no nearer
            one, and it is the least that is returned.

    Raises:
        NoBound: The space is none that tables can hold, or the score is no sum over stages.
    """
    parts = separated(score)
    budgets, floors = list(budgets_of(constraints.values())), floors_of(constraints.values())
    most = deepest(space, budgets, image_size)
    tables = affordable(tables_of(space, floors, image_size, most), budgets)
    limits = np.array([budget.limit for budget in budgets])

    @cache
    def costs(i: int, depth: int) -> Array:
        of_all = [tables[i].costs(budget.measure, depth) / budget.unit for budget in budgets]
        return np.array(of_all).reshape(len(budgets), len(tables[i].widths))

    several = affordable_depths(costs, limits, len(tables), most)
    score_of = _in_its_place(space, tables, several, parts, image_size)

    @cache
    def choices(i: int, depth: int) -> Choices:
        return Choices(tables[i].scores(partial(score_of, i), depth), costs(i, depth))

    ends = [table.widths[:, [0, -1]] for table in tables]
    relaxation = Relaxation(ends, choices, parts.of_depths, limits)
    bounds = dict.fromkeys(hopeful(several, choices, parts, reached), np.inf)
    multipliers, tried = np.zeros(len(budgets)), set[Depths]()
    while True:
        for depths, bound in relaxation.bounds(bounds, multipliers).items():
            bounds[depths] = min(bound, bounds[depths])
        bounds = {depths: bound for depths, bound in bounds.items() if bound > reached + ROUNDING}
        if not bounds:
            return reached
        highest = max(bounds, key=bounds.__getitem__)
        if highest in tried or len(tried) == _ROUNDS:
            return bounds[highest]
        tried.add(highest)
        multipliers = relaxation.multipliers(highest, multipliers, reached)


def hopeful(
    several: Sequence[Depths],
    choices: Callable[[int, int], Choices],
    parts: Separated,
    reached: float,
) -> list[Depths]:
    """Depths that may be worth more than what was reached, if widths cost nothing.

    What stages are worth is looked up from shallow to deep ones, as long as it matters.
    """
    depths = np.array(several)
    of_depths = np.array([parts.of_depths(one) for one in several])
    most = np.repeat(np.array(parts.most_of_stage)[:, None], depths.max() + 1, axis=1)
    known = np.zeros_like(most, dtype=bool)
    stages = np.arange(depths.shape[1])
    while True:
        hopeful = most[stages, depths].sum(axis=1) + of_depths > reached + ROUNDING
        depths, of_depths = depths[hopeful], of_depths[hopeful]
        unknown = np.where(known[stages, depths], most.shape[1], depths)
        if not depths.size or unknown.min() == most.shape[1]:
            return [tuple(map(int, one)) for one in depths]
        row, i = np.unravel_index(unknown.argmin(), unknown.shape)
        known[i, depths[row, i]] = True
        most[i, depths[row, i]] = choices(int(i), int(depths[row, i])).scores.max()


def _in_its_place(
    space: Space,
    tables: Sequence[StageTable],
    several: Iterable[Depths],
    parts: Separated,
    image_size: int,
) -> Callable[[int, tuple[Block, ...]], float]:
    """What blocks as a stage add to the score, at most, whatever stages are before it.

    A stage sees of those before it what its input is distributed like.
    """
    seed = space.seed

    def stages(blocks: tuple[Block, ...]) -> Stages:
        return Stages(seed.replaced(blocks + seed.blocks[len(blocks) :]), image_size)

    befores: list[list[tuple[Block, ...]]] = [[()]]
    for i, (table, depths) in enumerate(zip(tables[:-1], zip(*several, strict=True), strict=False)):
        found: dict[tuple[float, bytes], tuple[Block, ...]] = {}
        for before in befores[-1]:
            for depth in sorted(set(depths)):
                blocks = before + table.chosen(table.widths[0], depth)
                feature = stages(blocks)[i].output
                found.setdefault((feature.var, feature.density.tobytes()), blocks)
        befores.append(list(found.values()))

    def score(i: int, blocks: tuple[Block, ...]) -> float:
        return max(parts.of_stage(i, stages(before + blocks)) for before in befores[i])

    return score
