"""The architectures that a search kept, by what they score and cost, and which none outdoes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import bottleneck_entropy, layers, macs, params
from pisnas_mm.receptive import stage_radii
from pisnas_mm.scores import PISScore, PRScore
from pisnas_mm.visualization.work_dir import Search


class Member(NamedTuple):
    """An architecture of the population."""

    role: str  # 'population', 'Pareto front' or 'searched'
    rank: int  # from 1 on
    score: float
    pr_score: float  # in pixels
    macs: int
    params: int
    layers: int
    bottleneck_entropy: float  # in nats


def members(search: Search) -> list[Member]:
    """The population, best first; the front is that of PR score, MACs and bottleneck entropy."""
    kept = [
        _member(search, rank, genotype, score)
        for rank, (genotype, score) in enumerate(
            zip(search.population, search.scores, strict=True), 1
        )
    ]
    front = pareto_front([(m.pr_score, -m.macs, m.bottleneck_entropy) for m in kept])
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
    """The PR score of an architecture, in pixels, from its score where that has one.

    Nothing is sampled again. An objective without a PR score gets the closed form's, over all
    levels but the first.
    """
    of = search.score
    if isinstance(of, PISScore):
        return score + of.omega * of.depth_penalty(genotype.depths)
    if isinstance(of, PRScore):
        return score
    return sum(stage_radii(genotype, search.image_size)[1:])


def _member(search: Search, rank: int, genotype: Genotype, score: float) -> Member:
    image_size = search.image_size
    return Member(
        role='population',
        rank=rank,
        score=score,
        pr_score=pr_score(search, genotype, score),
        macs=macs(genotype, image_size),
        params=params(genotype),
        layers=layers(genotype),
        bottleneck_entropy=bottleneck_entropy(genotype, image_size),
    )
