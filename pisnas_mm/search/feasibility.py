"""Whether a search can succeed at all, asked before any time is spent."""

from collections.abc import Callable, Mapping
from itertools import repeat
from operator import itemgetter
from random import Random

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems
from pisnas_mm.constraints import Constraint
from pisnas_mm.spaces import Space

Constraints = Mapping[str, Constraint]

_ANEW = 9  # times that a repair begins anew where mutations alone do not lead to its end


def check_budgets(space: Space, constraints: Constraints, place: str = 'constraints') -> None:
    """Raise ``Problems`` if constraints are beyond what the space's extremes can reach."""
    problems = []
    for name, constraint in constraints.items():
        if not constraint.grows:
            continue  # the extremes say nothing of it
        ends = {'>=': ('largest', space.largest), '<=': ('smallest', space.smallest)}
        for symbol, bound in constraint.bounds.items():
            size, find = ends[symbol]
            value = constraint.measure(find(constraint.measure))
            if value < bound if symbol == '>=' else value > bound:
                problems.append(
                    f'{place}.{name} cannot be met: even for the {size} architecture of the '
                    f'space, {constraint.complaint(value)}; change the budget or the space'
                )
    if problems:
        raise Problems(problems)


def violations(genotype: Genotype, constraints: Constraints) -> dict[str, float]:
    """The constraints an architecture violates, and the values it has."""
    values = {name: constraint.measure(genotype) for name, constraint in constraints.items()}
    return {name: v for name, v in values.items() if not constraints[name].allows(v)}


def repaired(
    space: Space, constraints: Constraints, seed: int, max_mutations: int = 20_000
) -> Genotype:
    """The space's seed, mutated until it satisfies all constraints.

    Mutations that do not bring it nearer (in the sum of relative excesses) are taken back. Where
    they do not suffice, as between bounds that are near each other, changes of several fields are
    tried as often: from where mutations led to, then several times from the seed.

    Raises:
        ValueError: No way was found; names what stays violated.
    """
    rng = Random(seed)

    def nearer(
        genotype: Genotype, change: Callable[[Genotype, Random], Genotype], times: int
    ) -> tuple[float, Genotype]:
        least = _excess(genotype, constraints)
        for _ in range(times):
            if least == 0:
                break
            candidate = change(genotype, rng)
            excess = _excess(candidate, constraints)
            if excess <= least:
                genotype, least = candidate, excess
        return least, genotype

    least, best = nearer(space.seed, space.mutate, max_mutations)
    for start in (best, *repeat(space.seed, _ANEW)):
        if least > 0:
            found = nearer(start, space.vary, max_mutations // (_ANEW + 1))
            least, best = min((least, best), found, key=itemgetter(0))
    if least == 0:
        return best
    name, value = next(iter(violations(best, constraints).items()))
    raise ValueError(
        f'constraints.{name} cannot be met together with the others: after {2 * max_mutations} '
        f'changes {constraints[name].complaint(value)}; loosen a budget or change space.seed'
    )


def _excess(genotype: Genotype, constraints: Constraints) -> float:
    return sum(c.excess_of(genotype) for c in constraints.values())
