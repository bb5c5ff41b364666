"""Evolution as a pure ask/tell object: no input or output, no config, one explicit RNG."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.selection import Selection
from pisnas_mm.spaces import Space


class Evolution:
    """Mutates what a selection keeps (the released code's search).

    A child is what the selection draws of its population, after ``num_mutations`` mutations.

    Args:
        space: Where children come from.
        selection: Decides who stays.
        num_mutations: Mutations between parent and child.
        seed: Seed of the only random generator.
    """

    def __init__(
        self, space: Space, selection: Selection, num_mutations: int = 2, seed: int = 0
    ) -> None:
        self.space = space
        self.selection = selection
        self.num_mutations = num_mutations
        self._rng = Random(seed)

    @property
    def population(self) -> list[Evaluation]:
        """The kept candidates, best first."""
        return self.selection.members[::-1]

    def judged_by(self, constraints: Mapping[str, Constraint]) -> Mapping[str, Constraint]:
        """What candidates have to satisfy where these constraints are asked for."""
        return constraints

    def ask(self, num: int) -> list[Genotype]:
        """Children of the population as it is."""
        return [self._child() for _ in range(num)]

    def tell(self, evaluations: Iterable[Evaluation]) -> None:
        """Keep the accepted candidates that are good enough."""
        for evaluation in evaluations:
            if evaluation.rank and evaluation.genotype not in self.selection.genotypes:
                self.selection.add(evaluation)

    def _child(self) -> Genotype:
        parent = self.selection.drawn(self._rng)
        return self.space.mutate(parent, self._rng, self.num_mutations)

    def state_dict(self) -> dict[str, Any]:
        """The whole state as JSON-able data."""
        version, internal, gauss = self._rng.getstate()
        return {
            'rng': [version, list(internal), gauss],
            'population': as_data(self.selection.members),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what ``state_dict`` gave.

        Raises:
            ValueError: A member is not of the space, or the ranks are none of this selection.
        """
        version, internal, gauss = state['rng']
        self._rng.setstate((version, tuple(internal), gauss))
        self.selection.restore(self.restored(state['population']))

    def restored(self, members: Iterable[Mapping[str, Any]]) -> list[Evaluation]:
        """What ``as_data`` was given."""
        return [self._restored(kept) for kept in members]

    def _restored(self, kept: Mapping[str, Any]) -> Evaluation:
        genotype = Genotype.from_list(kept['arch'], self.space.seed.in_channels)
        for block, place in zip(genotype.blocks, self.space.places, strict=True):
            if type(block) not in place:
                raise ValueError(f'{type(block).__name__} is no block of the space in its place')
        return Evaluation(genotype, tuple(kept['rank']))


def as_data(members: Iterable[Evaluation]) -> list[dict[str, Any]]:
    """Kept candidates as JSON-able data."""
    return [{'rank': list(kept.rank or ()), 'arch': kept.genotype.to_list()} for kept in members]
