"""The objectives of a search, as its config names them: the score, and what should be less."""

from collections.abc import Mapping, Sequence
from math import isfinite

from pisnas_mm.checks import Problems, check_number, shown
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import suggest


def costs_of(objectives: Sequence[str]) -> tuple[str, ...]:
    """The measures that are minimised beside the score's maximum."""
    return tuple(str(name).removeprefix('-') for name in objectives[1:])


def check_objectives(names: object) -> None:
    """Raise ``Problems`` unless these are the score and at most two costs."""
    costs = [key for key, of in MEASURES.items() if of.better == 'less']
    known = ['score', *(f'-{key}' for key in costs)]
    if not isinstance(names, tuple) or not names:
        raise ValueError(
            f"search.objectives should be a list such as ['score', '-macs'], but got {shown(names)}"
        )
    problems = []
    for name in dict.fromkeys(map(str, names)):
        if name not in known:
            problems.append(
                f"search.objectives: {shown(name)} is unknown; 'score' and one or two costs are "
                f'wanted, with a leading - for less; {suggest(name, known)}'
            )
        elif names.count(name) > 1:
            problems.append(f'search.objectives should be different ones, but has {name} twice')
    if names[0] != 'score':
        problems.append(
            f"search.objectives should begin with 'score', but got {shown(list(names))}"
        )
    if len(set(map(str, names))) > 3:
        problems.append(
            f'search.objectives should have at most two costs, but got {len(names) - 1}'
        )
    if problems:
        raise Problems(problems)


def check_ranges(budgets: object, costs: Sequence[str]) -> None:
    """Raise ``Problems`` unless these are two ascending numbers for some of the costs."""
    if budgets is None:
        return
    if not isinstance(budgets, Mapping):
        raise ValueError(
            f'search.budgets should be a dict such as dict(macs=(1e9, 4e9)), but got '
            f'{shown(budgets)}'
        )
    problems = []
    for key, ends in budgets.items():
        place = f'search.budgets.{str(key)[:100]}'
        if key not in costs:
            problems.append(f'{place} is none of the costs in search.objectives')
            continue
        try:
            low, high = ends
            check_number(low, place), check_number(high, place)
        except (TypeError, ValueError):
            low = high = 0
        if not 0 < low < high or not isfinite(high):
            problems.append(f'{place} should be two numbers, 0 < low < high, but got {shown(ends)}')
    if problems:
        raise Problems(problems)
