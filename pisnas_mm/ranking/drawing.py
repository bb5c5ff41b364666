"""Which architectures are trained: drawn at random under the budgets, evenly over a measure."""

from collections.abc import Mapping, Sequence
from random import Random

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint
from pisnas_mm.measures import MEASURES
from pisnas_mm.ranking.settings import RankingSettings
from pisnas_mm.search.feasibility import repaired
from pisnas_mm.spaces import Space

MAX_MUTATIONS = 4  # from an architecture of the pool to a candidate
TRIES = 1000  # candidates for every architecture of the pool, at most


def drawn(
    space: Space, constraints: Mapping[str, Constraint], image_size: int, settings: RankingSettings
) -> list[Genotype]:
    """Draw architectures that satisfy all budgets and use them as far as asked.

    A pool grows from an architecture within the budgets by mutation alone, no score taking part.
    The second half of it, which has forgotten the start, is cut into as many strata as are drawn,
    of equal width in the measure; each gives one at random, and an empty one the nearest left.

    Raises:
        ValueError: The budgets leave too few architectures.
    """
    rng = Random(settings.seed)
    late = _pool(space, _with_least_use(constraints, settings.least_use), settings, rng)
    if settings.stratify is None:
        return rng.sample(late, settings.num_architectures)
    values = list(map(MEASURES[settings.stratify].at(image_size), late))
    return [late[i] for i in evenly(values, settings.num_architectures, rng)]


def evenly(values: Sequence[float], num: int, rng: Random) -> list[int]:
    """Indices of ``num`` values, one at random of each of as many strata of equal width.

    The strata span the range; an empty one takes the nearest value that is left.
    """
    low, high = min(values), max(values)
    width = (high - low) / num
    order = list(range(len(values)))
    rng.shuffle(order)
    strata = [min(int((v - low) / width), num - 1) if width else 0 for v in values]
    chosen: dict[int, int] = {}
    for i in order:
        chosen.setdefault(strata[i], i)
    left = [i for i in order if i not in set(chosen.values())]
    for stratum in range(num):
        if stratum not in chosen:
            centre = low + (stratum + 0.5) * width
            nearest = min(left, key=lambda i: abs(values[i] - centre))
            left.remove(nearest)
            chosen[stratum] = nearest
    return [chosen[stratum] for stratum in range(num)]


class _LeastUse(Constraint):
    """An upper budget's own measure, which should reach a share of the budget."""

    def __init__(self, budget: Constraint, share: float) -> None:
        super().__init__(min=share * budget.max)
        self.budget = budget

    def measure(self, genotype: Genotype) -> float:
        return self.budget.measure(genotype)


def _with_least_use(
    constraints: Mapping[str, Constraint], least_use: Mapping[str, float]
) -> dict[str, Constraint]:
    found = dict(constraints)
    for name, share in least_use.items():
        budget = constraints[name]
        if '<=' not in budget.bounds:
            raise ValueError(f'ranking.least_use.{name}: this constraint is no upper budget')
        found[f'{name} (least use)'] = _LeastUse(budget, share)
    return found


def _pool(
    space: Space, constraints: Mapping[str, Constraint], settings: RankingSettings, rng: Random
) -> list[Genotype]:
    """The second half of the pool."""
    start = repaired(space, constraints, settings.seed)
    pool, known = [start], {start}
    wanted = 2 * settings.pool_size
    for _ in range(TRIES * settings.pool_size):
        if len(pool) == wanted:
            return pool[settings.pool_size :]
        recent = pool[-settings.pool_size :]
        parent = recent[int(rng.random() * len(recent))]
        candidate = space.mutate(parent, rng, 1 + int(rng.random() * MAX_MUTATIONS))
        if candidate not in known and _allowed(candidate, constraints):
            known.add(candidate)
            pool.append(candidate)
    raise ValueError(
        f'ranking: {len(pool)} architectures within the budgets were found, but pool_size = '
        f'{settings.pool_size} needs {wanted}; loosen the budgets or lower pool_size'
    )


def _allowed(genotype: Genotype, constraints: Mapping[str, Constraint]) -> bool:
    return all(c.allows(c.measure(genotype)) for c in constraints.values())
