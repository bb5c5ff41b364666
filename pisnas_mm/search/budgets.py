"""The budgets that a front runs through.

One cost gives a chain of budgets, two give a grid; where a family is asked for, the chain leads
through the budgets of its members, with those between them interpolated geometrically, and the grid
has them besides its own.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from math import inf, log

from pisnas_mm.checks import Problems, lines_of
from pisnas_mm.constraints import Constraint
from pisnas_mm.measures import MEASURES
from pisnas_mm.search.family import Family
from pisnas_mm.search.front import Budget, Budgets
from pisnas_mm.search.settings import SearchSettings
from pisnas_mm.spaces import Space

SPAN = 32.0  # the largest budget over the smallest, where nothing says how small it should be
# Budgets where ``num_budgets`` says nothing: along one cost, along each of two, and through the
# members of a family. There they are stepping stones: other depths want other widths all over,
# which no few changes lead to within a budget, but do from one to the next that is hardly smaller.
_ALONG_ONE, _ALONG_EACH, _THROUGH_MEMBERS = 24, 12, 192


def build_budgets(
    settings: SearchSettings,
    family: Family | None,
    constraints: Mapping[str, Constraint],
    space: Space,
    image_size: int,
) -> Budgets:
    """The budgets of a search with costs among its objectives.

    Raises:
        Problems: It is not known from where to where they should go.
    """
    costs, asked = settings.costs, settings.num_budgets
    members = list(family.budgets) if family else []
    if family and len(costs) == 1:
        budgets = _through(members, costs[0], asked or _THROUGH_MEMBERS)
    else:
        num = asked or (_ALONG_ONE if len(costs) == 1 else _ALONG_EACH)
        axes, problems = [], []
        for key in costs:
            try:
                axes.append(_steps(*_ends(key, settings, constraints, space, image_size), num))
            except ValueError as error:
                problems += lines_of(error)
        if problems:
            raise Problems(problems)
        grid = [Budget(dict(zip(costs, bounds, strict=True))) for bounds in product(*axes)]
        budgets = sorted([*grid, *members], key=lambda budget: budget.bounds[costs[0]])
    keys = dict.fromkeys([*costs, *(key for member in members for key in member.bounds)])
    return Budgets(
        budgets,
        {
            key: (MEASURES[key].at(image_size), 1 if MEASURES[key].better == 'less' else -1)
            for key in keys
        },
    )


def _through(members: Sequence[Budget], cost: str, num: int) -> list[Budget]:
    """Budgets from the first member to the last, evenly in the cost's logarithm: about ``num``."""
    whole = log(members[-1].bounds[cost] / members[0].bounds[cost])
    budgets = [members[0]]
    for low, high in pairwise(members):
        share = log(high.bounds[cost] / low.bounds[cost]) / whole
        steps = max(1, round(share * (num - 1)))
        budgets += [Budget(_between(low, high, i / steps)) for i in range(1, steps)]
        budgets.append(high)
    return budgets


def _between(low: Budget, high: Budget, part: float) -> dict[str, float]:
    """Bounds that lie geometrically between those of two members."""
    return {key: v * (high.bounds[key] / v) ** part for key, v in low.bounds.items()}


def _steps(low: float, high: float, num: int) -> list[float]:
    """From one end to the other, evenly in the logarithm; the last is the end to the digit."""
    return [low * (high / low) ** (i / (num - 1)) for i in range(num - 1)] + [high]


def _ends(
    key: str,
    settings: SearchSettings,
    constraints: Mapping[str, Constraint],
    space: Space,
    image_size: int,
) -> tuple[float, float]:
    """The smallest and the largest budget of a cost.

    The latter is the constraint's on that measure, if ``search.budgets`` says nothing, or what the
    space's largest architecture costs.
    """
    most = min([c.max for c in constraints.values() if c.of and c.of.key == key], default=inf)
    if key in (settings.budgets or {}):
        low, high = settings.budgets[key]  # type: ignore[index]
        if high > most:
            raise ValueError(
                f'search.budgets.{key} should end within its constraint, {most:,.12g}, '
                f'but ends at {high:,.12g}; change one of them'
            )
        return low, high
    measure = MEASURES[key]
    if not measure.grows:
        raise ValueError(f'search.budgets.{key} should say from where to where, but is not given')
    cost = measure.at(image_size)
    high = min(most, float(cost(space.largest(cost))))
    low = max(high / SPAN, float(cost(space.smallest(cost))))
    if not low < high:
        raise ValueError(
            f'constraints on {key} leave no room for a front: the smallest architecture of the '
            f'space has {low:,.12g}, the largest budget is {high:,.12g}'
        )
    return low, high
