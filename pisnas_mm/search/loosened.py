"""Evolution under constraints as they are asked for, and under looser ones beside them.

Where bounds lie near each other, hardly any change of an architecture leads to another one between
them, and a population stays where it began. What is allowed somewhat more gets around: so levels of
constraints are kept side by side, each looser than the one before, and what one level finds may
keep to the tighter ones, too. (Takahama and Sakai, CEC 2006, let one level tighten with time.)
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pisnas_mm.constraints import Constraint
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.evolution import as_data
from pisnas_mm.search.front import Budget, Budgets, FrontArchive, WithinABudget
from pisnas_mm.search.front_evolution import FrontEvolution
from pisnas_mm.search.selection import BestRanks
from pisnas_mm.spaces import Space

_LEVELS = 24
_LEAST, _MOST = 0.002, 0.2  # by what share of it bounds are loosened, level by level
_NEAR = 1.1  # what is less than this apart, as a ratio, holds other searches fast


class LoosenedEvolution(FrontEvolution):
    """A front of constraints that are loosened by up to a fifth; its population keeps to all.

    Args:
        space: Where children come from.
        constraints: As they are asked for.
        size: How many candidates are kept that satisfy them; the levels share as many.
        num_candidates: How many there will be.
        seed: Seed of the only random generator.
    """

    def __init__(
        self,
        space: Space,
        constraints: Mapping[str, Constraint],
        size: int,
        num_candidates: int,
        seed: int = 0,
    ) -> None:
        archive = FrontArchive(loosened(constraints), size)
        super().__init__(space, archive, num_candidates, seed)
        self.kept = BestRanks(size)

    @property
    def population(self) -> list[Evaluation]:
        """The best that satisfy the constraints, best first."""
        return self.kept.members[::-1]

    def judged_by(self, constraints: Mapping[str, Constraint]) -> Mapping[str, Constraint]:
        """A candidate should keep to the loosest level."""
        return {'loosened': WithinABudget(self.selection.budgets)}

    def tell(self, evaluations: Iterable[Evaluation]) -> None:
        """Keep the accepted candidates that are good enough, by level."""
        for evaluation in evaluations:
            super().tell([evaluation])
            new = evaluation.genotype not in self.kept.genotypes
            if evaluation.rank and new and 0 in self.selection.budgets.of(evaluation.genotype):
                self.kept.add(evaluation)

    def state_dict(self) -> dict[str, Any]:
        """The whole state as JSON-able data."""
        state = super().state_dict()
        return state | {'population': as_data(self.kept.members), 'levels': state['population']}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what ``state_dict`` gave.

        Raises:
            ValueError: It is no state of this evolution.
        """
        self.kept.restore(self.restored(state['population']))
        super().load_state_dict({**state, 'population': state['levels']})


def near_each_other(constraints: Mapping[str, Constraint]) -> list[str]:
    """The names of those whose two bounds are."""
    return [name for name, one in constraints.items() if one.max < _NEAR * one.min]


def loosened(constraints: Mapping[str, Constraint]) -> Budgets:
    """Constraints as budgets: first as they are, then looser from one to the next."""
    sides = {
        f'{name} {symbol}': (constraint.measure, 1 if symbol == '<=' else -1, bound)
        for name, constraint in constraints.items()
        for symbol, bound in constraint.bounds.items()
    }
    ratio = (_MOST / _LEAST) ** (1 / (_LEVELS - 2))
    shares = [0.0, *(_LEAST * ratio**level for level in range(_LEVELS - 1))]
    budgets = [
        Budget(
            {side: bound * (1 + sign * share) for side, (_, sign, bound) in sides.items()},
            None if share else 'as asked',
        )
        for share in shares
    ]
    return Budgets(budgets, {side: (measure, sign) for side, (measure, sign, _) in sides.items()})
