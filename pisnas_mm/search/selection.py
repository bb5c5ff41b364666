"""Who stays in the population: asked by the evolution, which knows no objective."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain
from math import inf, isfinite

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.evaluation import Evaluation, Rank


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

    @property
    def floor(self) -> float:
        """No candidate of a lower score would be kept."""
        return self.members[0].score if len(self.members) == self.size else -inf

    def add(self, candidate: Evaluation) -> None:
        """Keep an accepted candidate if it is good enough."""
        rank = _rank(candidate)
        if len(self.members) == self.size:
            if rank <= _rank(self.members[0]):
                return
            self.genotypes.remove(self.members.pop(0).genotype)
        self.members.insert(bisect_left(self.members, rank, key=_rank), candidate)
        self.genotypes.add(candidate.genotype)

    def restore(self, members: Sequence[Evaluation]) -> None:
        """Go on with what ``members`` was.

        Raises:
            ValueError: It is no population of this kind.
        """
        ranks = [_rank(kept) for kept in members]
        if ranks != sorted(ranks) or not all(map(isfinite, chain(*ranks))):
            raise ValueError('the population should have finite ranks, ascending')
        if len({len(rank) for rank in ranks}) != 1:
            raise ValueError('the population should have ranks of one length')
        self.members = list(members)
        self.genotypes = {kept.genotype for kept in members}


def _rank(candidate: Evaluation) -> Rank:
    assert candidate.rank is not None, 'rejected candidates are never kept'
    return candidate.rank
