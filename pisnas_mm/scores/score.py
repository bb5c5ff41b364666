"""What every score is: something a search maximises."""

from abc import ABC, abstractmethod
from math import inf

from pisnas_mm.architectures.genotype import Genotype


class Score(ABC):
    """A number for an architecture, higher being better. Subclasses register in ``SCORES``."""

    @abstractmethod
    def __call__(self, genotype: Genotype) -> float:
        """The score of an architecture."""

    def unless_below(self, genotype: Genotype, floor: float) -> float | None:
        """The score, or None where it is certain to be below ``floor``: for speed only."""
        return self(genotype)

    def ceiling(self) -> float:
        """What no architecture's score exceeds; infinite where that is not known."""
        return inf

    def check(self, genotype: Genotype) -> None:
        """Raise ValueError where architectures of this form, whatever their sizes, have no score.

        Asked before a search begins; it should take no time.
        """
        return

    def parts(self, genotype: Genotype) -> dict[str, float]:
        """What the score is made of, by name, for reports."""
        return {}
