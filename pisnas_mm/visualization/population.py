"""The architectures that a search kept, by what they score and cost, and which none outdoes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import MEASURES, results
from pisnas_mm.scores import PISScore, PRScore
from pisnas_mm.visualization.work_dir import Search


class Member(NamedTuple):
    """An architecture of the population."""

    role: str  # 'population', 'Pareto front' or 'searched'
    rank: int  # from 1 on
    score: float
    pr_score: float  # the objective's own, in pixels
    measures: Mapping[str, float]  # those that results tell of, by key


def members(search: Search) -> list[Member]:
    """The population, best first; the front is that of PR score, MACs and bottleneck entropy."""
    kept = [
        Member(
            role='population',
            rank=rank,
            score=score,
            pr_score=pr_score(search, genotype, score),
            measures={of.key: of(genotype, search.image_size) for of in results(search.image_size)},
        )
        for rank, (genotype, score) in enumerate(
            zip(search.population, search.scores, strict=True), 1
        )
    ]
    front = pareto_front(
        [(one.pr_score, -one.measures['macs'], one.measures['bottleneck_entropy']) for one in kept]
    )
    found = []
    for genotype, member, best in zip(search.population, kept, front, strict=True):
        role = 'Pareto front' if best else 'population'
        found.append(member._replace(role='searched' if genotype == search.winner else role))
    return found


def pareto_front(points: Sequence[tuple[float, ...]]) -> NDArray[np.bool_]:
    """Which points no other one equals or exceeds in everything, and exceeds in something."""
    values = np.array(points, float)
    at_least = (values[:, None] >= values[None]).all(-1)  # row by column
    more = (values[:, None] > values[None]).any(-1)
    outdone: NDArray[np.bool_] = np.any(at_least & more, axis=0)
    return ~outdone


def pr_score(search: Search, genotype: Genotype, score: float) -> float:
    """The objective's own PR score of an architecture, in pixels, and else the measure.

    It follows from the score, so that nothing is sampled again.
    """
    of = search.score
    if isinstance(of, PISScore):
        return score + of.omega * of.depth_penalty(genotype.depths)
    if isinstance(of, PRScore):
        return score
    return MEASURES['pr_score'](genotype, search.image_size)
