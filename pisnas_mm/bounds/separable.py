"""Objectives that are a sum over stages, less what the depths cost."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pisnas_mm.receptive.stages import Stages
from pisnas_mm.scores import PISScore, PRScore, Score


class NoBound(ValueError):
    """Nothing near the best is known of this search."""


class Separated(NamedTuple):
    """The two parts of a score.

    ``of_stage(i, stages)`` is what stage ``i`` of the pyramid adds, never more than
    ``most_of_stage[i]``, and ``of_depths(depths)`` what all depths together do.
    """

    of_stage: Callable[[int, Stages], float]
    most_of_stage: tuple[float, ...]
    of_depths: Callable[[Sequence[int]], float]


def separated(score: Score) -> Separated:
    """The parts of a score.

    Raises:
        NoBound: It is no such sum.
    """
    if type(score) is PRScore:
        return _of_pr_score(score)
    if type(score) is PISScore:
        return _of_pis_score(score)
    raise NoBound(f'{type(score).__name__} is no sum over stages')


def _of_pr_score(score: PRScore) -> Separated:
    def of_stage(i: int, stages: Stages) -> float:
        return score.weights[i] * score.radius(i, stages[i]) if score.weights[i] else 0.0

    most = [max(w, 0) * r for w, r in zip(score.weights, score.most, strict=True)]
    return Separated(of_stage, tuple(most), lambda depths: 0.0)


def _of_pis_score(score: PISScore) -> Separated:
    of_stage, most, of_depths = separated(score.pr_score)

    def less_penalty(depths: Sequence[int]) -> float:
        return of_depths(depths) - score.omega * score.depth_penalty(depths)

    return Separated(of_stage, most, less_penalty)
