"""Evolution in several small populations one after the other, and a climb from the best of all.

A single large population ends where its seed leads it. Small ones end sooner, and one of several
ends where the best is; what is missing then are a few small changes, and those can all be tried.

Near its budgets an architecture of other depths wants other widths all over, which no few changes
lead to. Later populations may so begin with what is left of the best when depths and widths are
taken away from it: the budgets have room again, and it is filled anew ("ruin and recreate",
Schrimpf et al., Journal of Computational Physics 159, 2000).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.climb import Climb
from pisnas_mm.search.counts import whole
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.evolution import Evolution, as_data
from pisnas_mm.search.selection import BestRanks
from pisnas_mm.spaces import Space

_SHARE = 4  # a population that begins anew is a quarter of what is kept
_RUINED = 8  # one that begins from ruins is an eighth: it has a shorter way
_CLIMB = 8  # an eighth of the candidates is left for the climb


class RestartedEvolution(Evolution):
    """Begins anew ``restarts`` times; the last eighth of the candidates starts from the best.

    First all is tried that one or two small changes of it lead to, anew from every better one; when
    nothing is left to try, what was kept of all populations evolves on.

    Args:
        space: Where children come from.
        size: How many candidates are kept in all.
        num_candidates: How many there will be.
        restarts: How many populations evolve before the climb.
        seed: Seed of the only random generator.
        ruins: Whether all but the first population begin with ruins of the best, too.
    """

    def __init__(
        self,
        space: Space,
        size: int,
        num_candidates: int,
        restarts: int = 8,
        seed: int = 0,
        *,
        ruins: bool = True,
    ) -> None:
        self._small = max(1, size // (_RUINED if ruins else _SHARE))
        super().__init__(space, BestRanks(self._small), seed=seed)
        self.kept = BestRanks(size)
        self._evolving = num_candidates - num_candidates // _CLIMB
        self._restarts = restarts
        self._ruins = ruins
        self._start: Evaluation | None = None
        self._asked = self._phase = 0
        self._climb = Climb(space)

    @property
    def population(self) -> list[Evaluation]:
        """The best of all populations, best first."""
        return self.kept.members[::-1]

    @property
    def _top(self) -> Genotype | None:
        """The best so far; None before the first."""
        return self.kept.members[-1].genotype if self.kept.members else None

    @property
    def _climbing(self) -> bool:
        return self._phase == self._restarts

    def ask(self, num: int) -> list[Genotype]:
        """Children of the population, ruins at its begin, or what lies around the best."""
        phase = min(self._asked * self._restarts // max(self._evolving, 1), self._restarts)
        begins = phase != self._phase
        if begins:
            self._enter(phase)
        self._asked += num
        if begins and self._ruins and not self._climbing and (best := self._top):
            return [self.space.ruin(best, self._rng) for _ in range(num)]
        asked = self._climb.neighbours(self._top, num) if self._climbing else []
        return asked + [self._child() for _ in range(num - len(asked))]

    def tell(self, evaluations: Iterable[Evaluation]) -> None:
        """Keep the accepted candidates that are good enough, here and of all."""
        for evaluation in evaluations:
            if evaluation.rank:
                self._start = self._start or evaluation
                for selection in (self.kept, self.selection)[: 1 if self._climbing else 2]:
                    if evaluation.genotype not in selection.genotypes:
                        selection.add(evaluation)

    def _enter(self, phase: int) -> None:
        """Begin anew, or with what was kept."""
        self._phase = phase
        if self._climbing:
            self.selection = self.kept
        else:
            assert self._start, 'a first candidate was told'
            self.selection = BestRanks(self._small)
            self.selection.add(self._start)

    def _child(self) -> Genotype:
        return self.space.vary(self.selection.drawn(self._rng), self._rng)

    def state_dict(self) -> dict[str, Any]:
        """The whole state as JSON-able data."""
        return super().state_dict() | {
            'population': as_data(self.kept.members),
            'evolving': [] if self._climbing else as_data(self.selection.members),
            'start': as_data([self._start] if self._start else []),
            'asked': self._asked,
            'phase': self._phase,
            'tried': self._climb.tried_of(self._top),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what ``state_dict`` gave.

        Raises:
            ValueError: It is no state of this evolution.
        """
        self._asked, self._phase = whole(state['asked']), whole(state['phase'])
        (self._start,) = self.restored(state['start'])
        if self._climbing:
            self.selection = self.kept
            super().load_state_dict(state)
            assert self._top, 'a population that was restored has members'
            self._climb.start(self._top, tried=whole(state['tried']))
        else:
            self.kept.restore(self.restored(state['population']))
            self.selection = BestRanks(self._small)
            super().load_state_dict({**state, 'population': state['evolving']})
