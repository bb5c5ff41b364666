"""Finalists scored again, with sampled radii in the closed form's place."""

from collections.abc import Sequence
from logging import Logger
from statistics import fmean
from typing import NamedTuple, Protocol, runtime_checkable

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.scores import PISScore, PRScore, Score
from pisnas_mm.scores.receptive import weighted_sum
from pisnas_mm.scores.sampled import standard_error, with_error
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.verdicts import Choose, judged_one_by_one


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
    ``rank`` is the place among the finalists by that, ``objective_rank`` the one in the population;
    both are None for who is none of them, as the seed of a search mostly is.
    """

    score: float
    pr_score: float
    standard_error: float | None
    num_draws: int
    type: str
    seed: int | None = None
    rank: int | None = None
    objective_rank: int | None = None


class Resampling:
    """Scores architectures again, with sampled radii in the closed form's place.

    Args:
        objective: What the search maximised, a ``PISScore`` or ``PRScore``.
        sampler: Samples radii.
        name: The sampler's registered name, for reports.
        choose: Gives the architectures of the population that should be verified.
        logger: Takes a line for every architecture.

    Raises:
        ValueError: The objective has no PR score that could be replaced.
    """

    def __init__(
        self, objective: Score, sampler: Sampler, name: str, choose: Choose, logger: Logger
    ) -> None:
        self.objective = objective
        self.closed_form = pr_score_of(objective)
        self.sampler = sampler
        self.name = name
        self.choose = choose
        self.logger = logger

    def verify(
        self, population: Sequence[Evaluation], seed: Genotype
    ) -> dict[Genotype, Verification]:
        finalists = self.choose(population)

        def say(place: str, genotype: Genotype, found: Verification) -> None:
            sampled = with_error(found.pr_score, found.standard_error)
            self.logger.info(
                'verified %s  PR score %.1f, Monte-Carlo %s',
                *(place, self.closed_form(genotype), sampled),
            )

        verified = judged_one_by_one([*finalists, seed], self, say)
        order = sorted(finalists, key=lambda genotype: -verified[genotype].score)
        places = {kept.genotype: place for place, kept in enumerate(population, 1)}
        for rank, genotype in enumerate(order, 1):
            verified[genotype] = verified[genotype]._replace(
                rank=rank, objective_rank=places[genotype]
            )
        return verified

    def __call__(self, genotype: Genotype) -> Verification:
        sums = weighted_sums(self.sampler, genotype)
        mean = fmean(sums)
        score = self.objective(genotype) - self.closed_form(genotype) + mean
        drawn_with = getattr(self.sampler, 'seed', None)
        return Verification(score, mean, standard_error(sums), len(sums), self.name, drawn_with)


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
