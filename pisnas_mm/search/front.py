"""A Pareto front in one run: an archive that keeps the best within each of many budgets.

MAP-Elites (Mouret and Clune, 2015) keeps elites per niche. Here a niche is a budget, and budgets
lie within each other: whatever keeps to a small one competes in all larger ones, too. So the best
of a budget is what a search with that budget would keep, and children of one budget's elites serve
the others.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from random import Random

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.selection import check_members, rank_of

_TO_MEMBERS = 0.25  # the share of children that parents of a family's members have, at least


@dataclass(frozen=True)
class Budget:
    """Bounds on measures, by their keys: upper ones where less is better, else lower ones.

    ``member`` names the member of a family that the budget is for.
    """

    bounds: Mapping[str, float]
    member: str | None = None


class Budgets:
    """Which of several budgets an architecture keeps to.

    Args:
        budgets: Ascending in the first measure.
        measures: By key, each with the sign that makes more the worse.
    """

    def __init__(
        self,
        budgets: Sequence[Budget],
        measures: Mapping[str, tuple[Callable[[Genotype], float], int]],
    ) -> None:
        self.budgets = tuple(budgets)
        self.keys = tuple(measures)
        self._measures = list(measures.values())
        columns = [
            [sign * budget.bounds.get(key, sign * inf) for budget in budgets]
            for key, (_, sign) in measures.items()
        ]
        self._bounds = list(zip(*columns, strict=True))
        # Where bounds ascend, those that a value keeps to are the last ones.
        self._ascending = [(i, of) for i, of in enumerate(columns) if of == sorted(of)]
        self._others = [(i, of) for i, of in enumerate(columns) if of != sorted(of)]
        self._last: tuple[Genotype | None, list[int]] = (None, [])

    def of(self, genotype: Genotype) -> list[int]:
        """The indices of the budgets that it keeps to."""
        if self._last[0] is not genotype:  # a candidate is asked for several times in a row
            self._last = genotype, self._of(self.values(genotype))
        return self._last[1]

    def imply(self, constraint: Constraint) -> bool:
        """Whether all of them bound what a constraint does; theirs are not looser."""
        of = constraint.of
        if of is None or not all(of.key in budget.bounds for budget in self.budgets):
            return False
        return list(constraint.bounds) == ['<=' if of.better == 'less' else '>=']

    def excess(self, genotype: Genotype) -> float:
        """How far it is beyond the nearest budget: the sum of relative excesses."""
        values = self.values(genotype)
        return min(
            sum(max(0.0, v - b) / abs(b) for v, b in zip(values, bounds, strict=True))
            for bounds in self._bounds
        )

    def values(self, genotype: Genotype) -> list[float]:
        """Its measures, in the order of ``keys``, with the sign that makes more the worse."""
        return [sign * measure(genotype) for measure, sign in self._measures]

    def _of(self, values: Sequence[float]) -> list[int]:
        first = max(bisect_left(bounds, values[i]) for i, bounds in self._ascending)
        found = list(range(first, len(self.budgets)))
        for i, bounds in self._others:
            value = values[i]
            found = [at for at in found if value <= bounds[at]]
        return found


class WithinABudget(Constraint):
    """A candidate should keep to one of the front's budgets at least."""

    grows = False

    def __init__(self, budgets: Budgets) -> None:
        super().__init__(min=1)
        self.budgets = budgets

    def measure(self, genotype: Genotype) -> float:
        return len(self.budgets.of(genotype))

    def excess_of(self, genotype: Genotype) -> float:
        return self.budgets.excess(genotype)

    def complaint(self, value: float) -> str:
        return f'it is beyond all {len(self.budgets.budgets)} budgets of the front'


class FrontArchive:
    """Keeps the candidates of the highest ranks within every budget; of equal ones the older.

    Args:
        budgets: Whose best are wanted.
        population_size: How many are kept, at most, or four of each budget.
    """

    def __init__(self, budgets: Budgets, population_size: int) -> None:
        self.budgets = budgets
        self.size = max(4, population_size // len(budgets.budgets))
        self._empty()

    def _empty(self) -> None:
        self.members: list[Evaluation] = []
        """All that are kept, ascending; of equal ranks the oldest is last."""
        self.genotypes: dict[Genotype, int] = {}
        """All that are kept, and by how many budgets."""
        self.elites: list[list[Evaluation]] = [[] for _ in self.budgets.budgets]
        """By budget, in the order of ``members``."""
        pairs = zip(self.budgets.budgets, self.elites, strict=True)
        self._members = [elites for budget, elites in pairs if budget.member]

    def floor(self, genotype: Genotype) -> float:
        """Of a lower score, this candidate would not be kept."""
        floor = inf
        for i in self.budgets.of(genotype):
            elites = self.elites[i]
            if len(elites) < self.size:
                return -inf
            floor = min(floor, elites[0].score)
        return floor

    def drawn(self, rng: Random) -> Genotype:
        """A parent: a uniformly drawn elite of a uniformly drawn budget that has any."""
        elites: list[Evaluation] = []
        while not elites:
            some = self._members if self._members and rng.random() < _TO_MEMBERS else self.elites
            elites = some[int(rng.random() * len(some))]
        return elites[int(rng.random() * len(elites))].genotype

    def add(self, candidate: Evaluation) -> None:
        """Keep an accepted candidate wherever it is good enough."""
        rank, count = rank_of(candidate), 0
        for i in self.budgets.of(candidate.genotype):
            elites = self.elites[i]
            if len(elites) == self.size:
                if rank <= rank_of(elites[0]):
                    continue
                self._drop(elites.pop(0))
            elites.insert(bisect_left(elites, rank, key=rank_of), candidate)
            count += 1
        if count:
            self.genotypes[candidate.genotype] = count
            self.members.insert(bisect_left(self.members, rank, key=rank_of), candidate)

    def _drop(self, evicted: Evaluation) -> None:
        """From one budget; and from all that is kept, if it was the last one."""
        self.genotypes[evicted.genotype] -= 1
        if not self.genotypes[evicted.genotype]:
            del self.genotypes[evicted.genotype]
            at = bisect_left(self.members, rank_of(evicted), key=rank_of)
            while self.members[at].genotype != evicted.genotype:
                at += 1
            del self.members[at]

    def restore(self, members: Sequence[Evaluation]) -> None:
        """Go on with what ``members`` was.

        Raises:
            ValueError: It is no archive of this kind.
        """
        check_members(members)
        self._empty()
        for kept in reversed(members):  # the best first, of equal ones the oldest
            self.add(kept)
        if [kept.genotype for kept in self.members] != [kept.genotype for kept in members]:
            raise ValueError('the population should be the elites of the budgets')

    def progress(self) -> dict[str, float]:
        """How far the front is: how many budgets have an elite, and the mean of their best."""
        best = [kept.score for _, kept in self.best()]
        return {'budgets': len(best), 'mean_best': sum(best) / max(1, len(best))}

    def best(self) -> list[tuple[Budget, Evaluation]]:
        """The best of every budget that has any."""
        pairs = zip(self.budgets.budgets, self.elites, strict=True)
        return [(budget, elites[-1]) for budget, elites in pairs if elites]

    def front(self, costs: Sequence[str]) -> list[tuple[Budget, Evaluation]]:
        """Those of ``best`` that none outdoes in the score and all of the costs."""
        found: list[tuple[Budget, Evaluation]] = []
        seen: set[Genotype] = set()
        at = [self.budgets.keys.index(key) for key in costs]
        points = []
        for budget, kept in self.best():
            if kept.genotype not in seen:
                seen.add(kept.genotype)
                values = self.budgets.values(kept.genotype)
                points.append((budget, kept, (-kept.score, *(values[i] for i in at))))
        for budget, kept, point in points:
            if not any(_outdoes(other, point) for _, _, other in points):
                found.append((budget, kept))
        return found


def _outdoes(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether nothing of it is more than of the other, and something less."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
