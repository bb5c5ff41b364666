"""Evolution of a front, and a climb from the best of every budget at its end."""

from collections.abc import Mapping
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint
from pisnas_mm.search.climb import Climb
from pisnas_mm.search.counts import whole
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.front import FrontArchive, WithinABudget
from pisnas_mm.spaces import Space

_CLIMB = 4  # a quarter of the candidates is left for the climb


class FrontEvolution(Evolution):
    """Children of the elites of all budgets; then all that lies around the best, budget by budget.

    Every budget has as large a share of the climb, or every member of a family where there is one;
    what its best leaves of it goes to children.

    Args:
        space: Where children come from.
        archive: The elites.
        num_candidates: How many there will be.
        seed: Seed of the only random generator.
    """

    selection: FrontArchive

    def __init__(
        self, space: Space, archive: FrontArchive, num_candidates: int, seed: int = 0
    ) -> None:
        super().__init__(space, archive, seed=seed)
        self._climbing = num_candidates // _CLIMB
        self._evolving = num_candidates - self._climbing
        self._asked = 0
        self._climb = Climb(space)
        budgets = archive.budgets.budgets
        members = [i for i, budget in enumerate(budgets) if budget.member]
        self._wanted = members or list(range(len(budgets)))  # to be climbed from

    def judged_by(self, constraints: Mapping[str, Constraint]) -> Mapping[str, Constraint]:
        """A candidate should keep to one of the budgets, and to what those do not bound."""
        budgets = self.selection.budgets
        others = {name: one for name, one in constraints.items() if not budgets.imply(one)}
        return {'front': WithinABudget(budgets)} | others

    def ask(self, num: int) -> list[Genotype]:
        asked = self._neighbours(num) if self._asked >= self._evolving else []
        self._asked += num
        return asked + [self._child() for _ in range(num - len(asked))]

    def _neighbours(self, num: int) -> list[Genotype]:
        """The next of those around a budget's best, as many as are left of them."""
        wanted = self._wanted
        at = wanted[(self._asked - self._evolving) * len(wanted) // max(self._climbing, 1)]
        return self._climb.neighbours(self._best_of(at), num, at)

    def _best_of(self, at: int) -> Genotype | None:
        elites = self.selection.elites[at]
        return elites[-1].genotype if elites else None

    def _child(self) -> Genotype:
        parent = self.selection.drawn(self._rng)
        if self._rng.random() < 0.5:  # budgets differ by more than structured changes lead to
            return self.space.mutate(parent, self._rng, 2)
        return self.space.vary(parent, self._rng)

    def state_dict(self) -> dict[str, Any]:
        at = self._climb.at
        tried = self._climb.tried_of(self._best_of(at)) if at >= 0 else 0
        return super().state_dict() | {'asked': self._asked, 'at': at, 'tried': tried}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self._asked = whole(state['asked'])
        if type(state['at']) is not int or not -1 <= state['at'] < len(self.selection.elites):
            raise ValueError(f'the climb is at no budget: {state["at"]!r}')
        if state['at'] >= 0 and (best := self._best_of(state['at'])):
            self._climb.start(best, state['at'], whole(state['tried']))
