"""What a second judge says of finalists, whoever it is, and how it goes through them."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import track

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.signals import interruptible

Choose = Callable[[Sequence[Evaluation]], list[Genotype]]
"""The finalists of a population, which comes best first."""

T = TypeVar('T')


class Verdict(Protocol):
    """What a second judge says of an architecture; ``best.json`` holds all of it."""

    @property
    def score(self) -> float:
        """By which finalists are ranked."""

    def _asdict(self) -> dict[str, Any]: ...


class Verifier(Protocol):
    """A second judge: dearer than the objective, and therefore of few."""

    def verify(
        self, population: Sequence[Evaluation], seed: Genotype
    ) -> Mapping[Genotype, Verdict]:
        """Judge some of a population, which comes best first, and the seed to compare them with.

        Raises:
            Interrupted: SIGINT or SIGTERM came.
        """


def reranked(
    population: Sequence[Evaluation], verified: Mapping[Genotype, Verdict]
) -> list[Evaluation]:
    """The verified first, best verified score first; equal ones and the others as they stood."""
    best = [kept for kept in population if kept.genotype in verified]
    others = [kept for kept in population if kept.genotype not in verified]
    return sorted(best, key=lambda kept: -verified[kept.genotype].score) + others


def judged_one_by_one(
    genotypes: Iterable[Genotype],
    judge: Callable[[Genotype], T],
    say: Callable[[str, Genotype, T], object],
) -> dict[Genotype, T]:
    """What ``judge`` says of each, with a bar on a terminal; ``say`` gets it, too, and ``2/11``.

    Raises:
        Interrupted: SIGINT or SIGTERM came.
    """
    todo = list(dict.fromkeys(genotypes))
    found: dict[Genotype, T] = {}
    with interruptible():
        for genotype in _with_bar(todo):
            found[genotype] = judge(genotype)
            say(f'{len(found)}/{len(todo)}', genotype, found[genotype])
    return found


def rank_of(value: float, others: Iterable[float]) -> float:
    """Where a value stands among others, 1 being the highest; equal ones share their mean rank."""
    values = list(others)
    return 1 + sum(v > value for v in values) + sum(v == value for v in values) / 2


def _with_bar(genotypes: Sequence[Genotype]) -> Iterable[Genotype]:
    """With a bar on a terminal; elsewhere the log says enough."""
    return track(
        genotypes,
        'verifying',
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
