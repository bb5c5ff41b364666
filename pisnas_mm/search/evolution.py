"""Evolution as a pure ask/tell object: no input or output, no config, one explicit RNG."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import chain
from math import inf, isfinite
from random import Random
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.spaces import Space


class Evolution:
    """Keeps the best candidates and mutates them (the released code's search).

    A child is a uniformly drawn member of the population after ``num_mutations`` mutations. Among
    equal ranks the older one is kept.

    Args:
        space: Where children come from.
        population_size: How many candidates are kept.
        num_mutations: Mutations between parent and child.
        seed: Seed of the only random generator.
    """

    def __init__(
        self, space: Space, population_size: int, num_mutations: int = 2, seed: int = 0
    ) -> None:
        self.space = space
        self.population_size = population_size
        self.num_mutations = num_mutations
        self._rng = Random(seed)
        self._ranked: list[Evaluation] = []  # ascending; of equal ranks the oldest is last
        self._genotypes: set[Genotype] = set()

    @property
    def population(self) -> list[Evaluation]:
        """The kept candidates, best first."""
        return self._ranked[::-1]

    @property
    def genotypes(self) -> set[Genotype]:
        """The genotypes of the kept candidates."""
        return self._genotypes

    @property
    def floor(self) -> float:
        """No candidate of a lower score would be kept."""
        full = len(self._ranked) == self.population_size
        return self._ranked[0].score if full else -inf

    def ask(self, num: int) -> list[Genotype]:
        """Children of the population as it is."""
        return [self._child() for _ in range(num)]

    def tell(self, evaluations: Iterable[Evaluation]) -> None:
        """Keep the accepted candidates that are good enough."""
        for evaluation in evaluations:
            if evaluation.rank is None or evaluation.genotype in self._genotypes:
                continue
            full = len(self._ranked) == self.population_size
            if full and evaluation.rank <= _rank(self._ranked[0]):
                continue
            if full:
                self._genotypes.remove(self._ranked.pop(0).genotype)
            self._insert(evaluation)

    def _child(self) -> Genotype:
        rng = self._rng
        parent = self._ranked[int(rng.random() * len(self._ranked))].genotype
        return self.space.mutate(parent, rng, self.num_mutations)

    def _insert(self, evaluation: Evaluation) -> None:
        at = bisect_left(self._ranked, _rank(evaluation), key=_rank)
        self._ranked.insert(at, evaluation)
        self._genotypes.add(evaluation.genotype)

    def state_dict(self) -> dict[str, Any]:
        """The whole state as JSON-able data."""
        version, internal, gauss = self._rng.getstate()
        return {
            'rng': [version, list(internal), gauss],
            'population': [
                {'rank': list(_rank(kept)), 'arch': kept.genotype.to_list()}
                for kept in self._ranked
            ],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what ``state_dict`` gave.

        Raises:
            ValueError: A member is not of the space, or the ranks do not ascend.
        """
        version, internal, gauss = state['rng']
        self._rng.setstate((version, tuple(internal), gauss))
        self._ranked = [self._restored(kept) for kept in state['population']]
        ranks = [_rank(kept) for kept in self._ranked]
        if ranks != sorted(ranks) or not all(map(isfinite, chain(*ranks))):
            raise ValueError('the population should have finite ranks, ascending')
        if len({len(rank) for rank in ranks}) != 1:
            raise ValueError('the population should have ranks of one length')
        self._genotypes = {kept.genotype for kept in self._ranked}

    def _restored(self, kept: Mapping[str, Any]) -> Evaluation:
        genotype = Genotype.from_list(kept['arch'], self.space.seed.in_channels)
        for block, place in zip(genotype.blocks, self.space.places, strict=True):
            if type(block) not in place:
                raise ValueError(f'{type(block).__name__} is no block of the space in its place')
        return Evaluation(genotype, tuple(kept['rank']))


def _rank(evaluation: Evaluation) -> tuple[float, ...]:
    assert evaluation.rank is not None, 'rejected candidates are never kept'
    return evaluation.rank
