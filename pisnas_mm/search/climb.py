"""A climb: all that one or two small changes of an architecture lead to, a share at a time."""

from collections.abc import Iterator
from itertools import islice

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.spaces import Space


class Climb:
    """Goes through the neighbourhood of an architecture, anew wherever it is asked of another.

    Args:
        space: What neighbourhoods lie in.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.best: Genotype | None = None
        """From where it climbs."""
        self.at = -1
        """The place that the best is of, where there are several to climb from; -1: none yet."""
        self.tried = 0
        """How many of its neighbours have been given."""
        self._untried: Iterator[Genotype] = iter(())

    def start(self, best: Genotype, at: int = 0, tried: int = 0) -> None:
        """Climb from an architecture, of whose neighbours the first ``tried`` have been given."""
        self.best, self.at, self.tried = best, at, tried
        self._untried = islice(self.space.neighbourhood(best), tried, None)

    def neighbours(self, best: Genotype | None, num: int, at: int = 0) -> list[Genotype]:
        """The next of those around the best of a place, as many as are left; none without one."""
        if best is None:
            return []
        if (best, at) != (self.best, self.at):
            self.start(best, at)
        found = list(islice(self._untried, num))
        self.tried += len(found)
        return found

    def tried_of(self, best: Genotype | None) -> int:
        """How many of its neighbours are tried: of a better one than was climbed from, none."""
        return self.tried if best is not None and best == self.best else 0
