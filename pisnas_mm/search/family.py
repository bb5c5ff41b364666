"""The entry ``family`` of a search config: detectors of ascending size, from one search."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pisnas_mm.checks import Problems, check_number, lines_of, shown
from pisnas_mm.constraints import Constraint, bounded
from pisnas_mm.measures import MEASURES, Measure
from pisnas_mm.registry import suggest
from pisnas_mm.search.front import Budget

GROW = 'grow'
BASE = 'base'


@dataclass(frozen=True)
class Family:
    """The members' budgets, ascending, by name.

    ``constraints`` are the budgets as constraints; ``bases`` what stands in place of
    ``detector.base``, for members that say it. With ``grow`` no block of a member is narrower or
    shallower than that of the member before.
    """

    members: Mapping[str, Budget]
    constraints: Mapping[str, Mapping[str, Constraint]]
    bases: Mapping[str, Sequence[str]]
    grow: bool = False

    @property
    def budgets(self) -> Sequence[Budget]:
        """One a member."""
        return list(self.members.values())


def build_family(
    cfg: Any, costs: Sequence[str], constraints: Mapping[str, Constraint], image_size: int
) -> Family:
    """The entry ``family``, checked.

    Args:
        cfg: ``dict(n=dict(macs=1e9, params=1.4e6, base=[...]), s=..., grow=False)``: the keys of
            measures with a bound each, from above where less is better, else from below.
        costs: What the search's objectives minimise.
        constraints: Those of the search, which hold for all members.
        image_size: Side of the square input, in pixels.

    Raises:
        Problems: Something in it is refused; names all of it.
    """
    if not isinstance(cfg, Mapping) or not set(cfg) - {GROW}:
        raise ValueError(
            f'family should be a dict of members, such as dict(n=dict(macs=1e9), s=dict(macs=4e9)),'
            f' but got {shown(cfg)}'
        )
    problems = []
    if not costs:
        problems.append(
            "family needs a cost among search.objectives, such as search.objectives=['score', "
            "'-macs']"
        )
    if type(cfg.get(GROW, False)) is not bool:
        problems.append(f'family.grow should be True or False, but got {shown(cfg[GROW])}')
    members: dict[str, Budget] = {}
    built = {}
    for name, member in cfg.items():
        if name == GROW:
            continue
        try:
            members[name] = _member(name, member, costs)
            built[name] = _constraints(members[name], image_size)
            _check_within(name, built[name], constraints)
        except ValueError as error:
            problems += lines_of(error)
    problems += _disorder(members)
    if problems:
        raise Problems(problems)
    bases = {name: cfg[name][BASE] for name in members if BASE in cfg[name]}
    return Family(members, built, bases, cfg.get(GROW, False))


def _member(name: Any, member: Any, costs: Sequence[str]) -> Budget:
    if not isinstance(name, str) or not re.fullmatch(r'\w[\w-]{0,40}', name):
        raise ValueError(
            f'family: the name of a member should be of letters and digits, as it names a folder, '
            f'but got {shown(name)}'
        )
    place = f'family.{name}'
    if not isinstance(member, Mapping):
        raise ValueError(f'{place} should be a dict of budgets, but got {shown(member)}')
    bounds = {key: value for key, value in member.items() if key != BASE}
    known = [*MEASURES, BASE]
    problems = [
        f'unknown key `{place}.{str(key)[:100]}`; {suggest(key, known)}'
        for key in bounds
        if key not in MEASURES
    ]
    problems += [
        f'{place} needs a budget of {key}, an objective' for key in costs if key not in bounds
    ]
    for key, value in bounds.items():
        try:
            if not check_number(value, f'{place}.{key}') > 0:
                raise ValueError(f'{place}.{key} should be a number > 0, but got {shown(value)}')
        except ValueError as error:
            problems += lines_of(error)
    if problems:
        raise Problems(problems)
    return Budget(bounds, name)


def _constraints(budget: Budget, image_size: int) -> dict[str, Constraint]:
    """The bounds of a member as constraints, by the keys of their measures."""
    return {
        key: bounded(MEASURES[key], image_size, **{_side(MEASURES[key]): bound})
        for key, bound in budget.bounds.items()
    }


def _side(measure: Measure) -> str:
    return 'max' if measure.better == 'less' else 'min'


def _check_within(
    name: str, own: Mapping[str, Constraint], constraints: Mapping[str, Constraint]
) -> None:
    """Raise ``Problems`` where a member's budget is looser than the search's constraint."""
    problems = [
        f'family.{name}.{key} contradicts constraints.{place}: {other.complaint(bound)}; change '
        f'one of them'
        for key, constraint in own.items()
        for bound in constraint.bounds.values()
        for place, other in constraints.items()
        if other.of is constraint.of and not other.allows(bound)
    ]
    if problems:
        raise Problems(problems)


def _disorder(members: Mapping[str, Budget]) -> list[str]:
    """Complaints about members that do not ascend, or bound other measures than the first."""
    problems = []
    for (before, low), (name, high) in pairwise(members.items()):
        if low.bounds.keys() != high.bounds.keys():
            problems.append(
                f'family.{name} should bound the same measures as family.{before}, '
                f'{", ".join(low.bounds)}, but bounds {", ".join(high.bounds)}'
            )
            continue
        problems += [
            f'family.{name}.{key} should be more than that of family.{before}, '
            f'{low.bounds[key]:,.12g}, but is {high.bounds[key]:,.12g}: a family ascends'
            for key in low.bounds
            if ascends(key) and not low.bounds[key] < high.bounds[key]
        ]
    return problems


def ascends(key: str) -> bool:
    """Whether a larger member has more of a measure."""
    return MEASURES[key].grows and MEASURES[key].better == 'less'
