"""Finalists scored again, with sampled radii in the closed form's place."""

import sys
from collections.abc import Iterable, Sequence
from logging import Logger
from statistics import fmean
from typing import NamedTuple, Protocol, runtime_checkable

from rich.console import Console
from rich.progress import track

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.scores import PISScore, PRScore, Score
from pisnas_mm.scores.receptive import weighted_sum
from pisnas_mm.scores.sampled import standard_error, with_error
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.signals import interruptible


@runtime_checkable
class Sampler(Protocol):
    """A score whose receptive radii are random, such as ``MonteCarloPRScore``."""

    weights: Sequence[float]
    """One per stage from stride 4 on."""

    def draws(self, genotype: Genotype) -> Sequence[Sequence[float]]:
        """The radii of every draw, in pixels, for every stage from stride 4 on."""


class Verification(NamedTuple):
    """What sampling says of an architecture.

    ``pr_score`` is the mean over ``num_draws`` draws, in pixels, ``standard_error`` that mean's
    (None for a single draw), ``score`` the objective with that mean in the closed form's place.
    """

    score: float
    pr_score: float
    standard_error: float | None
    num_draws: int
    type: str


class Resampling:
    """Scores architectures again, with sampled radii in the closed form's place.

    Args:
        objective: What the search maximised, a ``PISScore`` or ``PRScore``.
        sampler: Samples radii.
        name: The sampler's registered name, for reports.
        top_k: How many architectures of the population should be verified.
        logger: Takes a line for every architecture.

    Raises:
        ValueError: The objective has no PR score that could be replaced.
    """

    def __init__(
        self, objective: Score, sampler: Sampler, name: str, top_k: int, logger: Logger
    ) -> None:
        self.objective = objective
        self.closed_form = pr_score_of(objective)
        self.sampler = sampler
        self.name = name
        self.top_k = top_k
        self.logger = logger

    def verify(
        self, population: Sequence[Evaluation], seed: Genotype
    ) -> dict[Genotype, Verification]:
        first = [kept.genotype for kept in population[: self.top_k]]
        genotypes = list(dict.fromkeys([*first, seed]))
        verified: dict[Genotype, Verification] = {}
        with interruptible():
            for genotype in _with_bar(genotypes):
                found = verified[genotype] = self(genotype)
                self.logger.info(
                    'verified %d/%d  PR score %.1f, Monte-Carlo %s',
                    len(verified),
                    len(genotypes),
                    self.closed_form(genotype),
                    with_error(found.pr_score, found.standard_error),
                )
        return verified

    def __call__(self, genotype: Genotype) -> Verification:
        sums = weighted_sums(self.sampler, genotype)
        mean = fmean(sums)
        score = self.objective(genotype) - self.closed_form(genotype) + mean
        return Verification(score, mean, standard_error(sums), len(sums), self.name)


def pr_score_of(objective: Score) -> Score:
    """The PR score in an objective.

    Raises:
        ValueError: It has none that could be replaced.
    """
    if isinstance(objective, PISScore):
        return objective.pr_score
    if isinstance(objective, PRScore):
        return objective
    raise ValueError(
        'verify replaces the PR score in the objective, so that score.type should be PISScore or '
        f'PRScore, but got {type(objective).__name__!r}'
    )


def weighted_sums(sampler: Sampler, genotype: Genotype) -> list[float]:
    """The PR score of every draw, in pixels.

    Raises:
        ValueError: The weights are not one for each stage.
    """
    return [weighted_sum(sampler.weights, radii) for radii in sampler.draws(genotype)]


def _with_bar(genotypes: Sequence[Genotype]) -> Iterable[Genotype]:
    """With a bar on a terminal; elsewhere the log says enough."""
    return track(
        genotypes,
        'verifying',
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
