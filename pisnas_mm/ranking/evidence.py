"""Scores judged by published detectors: no training, a few seconds a score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.ranking.pairs import PairSampling, agreements, matched_pairs, residual_tau
from pisnas_mm.ranking.published import Key
from pisnas_mm.ranking.statistics import Array, Estimate

ALL = 'all'
ACROSS, WITHIN = 'across families', 'within families'


@dataclass(frozen=True)
class Bed:
    """The detectors of a data set: a row for each at each resolution, an array for each number.

    ``families`` are by model; ``accuracies`` are from 0 to 1; ``costs`` and ``scores`` by name.
    """

    name: str
    keys: Sequence[Key]
    families: Mapping[str, str]
    accuracies: Array
    costs: Mapping[str, Array]
    scores: Mapping[str, Array]

    @cached_property
    def models(self) -> list[str]:
        """Of every row."""
        return [key.model for key in self.keys]

    @cached_property
    def resolutions(self) -> NDArray[np.intp]:
        """Of every row, in pixels."""
        return np.array([key.resolution for key in self.keys])

    @cached_property
    def groups(self) -> list[int]:
        """The family of every model by number, in the order of the models' numbers in pairs."""
        families = [self.families[model] for model in sorted(set(self.models))]
        numbers: NDArray[np.intp] = np.unique(families, return_inverse=True)[1]
        return numbers.tolist()

    def of(self, rows: NDArray[np.bool_]) -> 'Bed':
        """Some of the rows."""
        return Bed(
            self.name,
            [key for key, chosen in zip(self.keys, rows, strict=True) if chosen],
            self.families,
            self.accuracies[rows],
            {name: cost[rows] for name, cost in self.costs.items()},
            {name: score[rows] for name, score in self.scores.items()},
        )

    def by_resolution(self) -> dict[int, 'Bed']:
        """The rows of every resolution."""
        sizes = np.unique(self.resolutions).tolist()
        return {size: self.of(self.resolutions == size) for size in sizes}

    def without(self, family: str) -> 'Bed':
        """The rows of all other families, for a choice that the one left out has no say in."""
        return self.of(np.array([self.families[model] != family for model in self.models]))


class Judgement(NamedTuple):
    """How often a score orders pairs of equal cost rightly.

    ``by_models`` and ``by_families`` have the share and its intervals over models and over
    families; ``num_pairs`` are of models, whatever the resolution.
    """

    data: str
    cost: str
    pairs: str  # ACROSS or WITHIN
    resolution: str  # in pixels, or ALL
    score: str
    by_models: Estimate
    by_families: Estimate
    num_pairs: int


def judge(bed: Bed, num_resamples: int = 1000) -> list[Judgement]:
    """All scores, by every cost, across and within families, at all resolutions and at each."""
    found = list(_judgements(bed, ALL, num_resamples))
    for resolution, part in bed.by_resolution().items():
        found += _judgements(part, str(resolution), num_resamples)
    return found


def _judgements(bed: Bed, resolution: str, num_resamples: int) -> Iterable[Judgement]:
    families = [bed.families[model] for model in bed.models]
    for cost, costs in bed.costs.items():
        for kind in (ACROSS, WITHIN):
            pairs = matched_pairs(
                bed.models, families, bed.resolutions.tolist(), costs, same_family=kind == WITHIN
            )
            of_models = PairSampling(pairs, None, num_resamples)
            of_families = PairSampling(pairs, bed.groups, num_resamples)
            num_pairs = len(np.unique(pairs.models, axis=0))
            for name, score in bed.scores.items():
                agreed = agreements(pairs, score, bed.accuracies)
                yield Judgement(
                    bed.name,
                    cost,
                    kind,
                    resolution,
                    name,
                    of_models.accuracy(agreed),
                    of_families.accuracy(agreed),
                    num_pairs,
                )


def residual_taus(bed: Bed, cost: str) -> dict[str, float]:
    """τ of every score and the accuracies, the cost taken out of both: mean over resolutions."""
    beds = bed.by_resolution().values()
    return {
        name: fmean(residual_tau(b.scores[name], b.accuracies, b.costs[cost]) for b in beds)
        for name in bed.scores
    }
