"""Who stays in the population: asked by the evolution, which knows no objective."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from itertools import chain
from math import inf, isfinite
from random import Random
from typing import Protocol

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.evaluation import Evaluation, Rank


class Selection(Protocol):
    """Keeps some of the accepted candidates, and says which of them has the next child."""

    members: list[Evaluation]
    """The kept, ascending; of equal ranks the oldest is last."""

    @property
    def genotypes(self) -> Collection[Genotype]:
        """The kept."""

    def floor(self, genotype: Genotype) -> float:
        """Of a lower score, this candidate would not be kept."""

    def drawn(self, rng: Random) -> Genotype:
        """A parent."""

    def add(self, candidate: Evaluation) -> None:
        """Keep an accepted candidate if it is good enough."""

    def restore(self, members: Sequence[Evaluation]) -> None:
        """Go on with what ``members`` was; ``ValueError`` where that cannot be."""

    def progress(self) -> dict[str, float]:
        """What the history should tell besides the best and the worst."""


class BestRanks:
    """Keeps the candidates of the highest ranks; of equal ones the older stay.

    Args:
        size: How many are kept.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.members: list[Evaluation] = []
        """The kept, ascending; of equal ranks the oldest is last."""
        self.genotypes: set[Genotype] = set()

    def floor(self, genotype: Genotype) -> float:
        """No candidate of a lower score would be kept."""
        return self.members[0].score if len(self.members) == self.size else -inf

    def drawn(self, rng: Random) -> Genotype:
        """A parent: a uniformly drawn member."""
        return self.members[int(rng.random() * len(self.members))].genotype

    def add(self, candidate: Evaluation) -> None:
        """Keep an accepted candidate if it is good enough."""
        rank = rank_of(candidate)
        if len(self.members) == self.size:
            if rank <= rank_of(self.members[0]):
                return
            self.genotypes.remove(self.members.pop(0).genotype)
        self.members.insert(bisect_left(self.members, rank, key=rank_of), candidate)
        self.genotypes.add(candidate.genotype)

    def restore(self, members: Sequence[Evaluation]) -> None:
        """Go on with what ``members`` was.

        Raises:
            ValueError: It is no population of this kind.
        """
        check_members(members)
        self.members = list(members)
        self.genotypes = {kept.genotype for kept in members}

    def progress(self) -> dict[str, float]:
        """Nothing but the best and the worst."""
        return {}


def check_members(members: Sequence[Evaluation]) -> None:
    """Raise ``ValueError`` unless these are ranked, in ascending order."""
    ranks = [rank_of(kept) for kept in members]
    if ranks != sorted(ranks) or not all(map(isfinite, chain(*ranks))):
        raise ValueError('the population should have finite ranks, ascending')
    if len({len(rank) for rank in ranks}) != 1:
        raise ValueError('the population should have ranks of one length')


def rank_of(candidate: Evaluation) -> Rank:
    """The rank of an accepted candidate."""
    assert candidate.rank is not None, 'rejected candidates are never kept'
    return candidate.rank
