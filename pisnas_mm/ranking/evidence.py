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
LEAST_ROWS = 8  # from which on something is left when a parabola is taken out


@dataclass(frozen=True)
class Bed:
    """The detectors of a data set: a row for each in each setting, an array for each number.

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
    def settings(self) -> list[str]:
        """Of every row."""
        return [key.setting for key in self.keys]

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

    def by_setting(self) -> dict[str, 'Bed']:
        """The rows of every setting."""
        settings = np.array(self.settings)
        return {name: self.of(settings == name) for name in np.unique(settings).tolist()}

    def without(self, family: str) -> 'Bed':
        """The rows of all other families, for a choice that the one left out has no say in."""
        return self.of(np.array([self.families[model] != family for model in self.models]))


class Judgement(NamedTuple):
    """How often a score orders pairs of equal cost rightly.

    ``by_models`` and ``by_families`` have the share and its intervals over models and over
    families; ``num_pairs`` are of models, whatever the setting.
    """

    data: str
    cost: str
    pairs: str  # ACROSS or WITHIN
    setting: str  # such as the resolution in pixels, or ALL
    score: str
    by_models: Estimate
    by_families: Estimate
    num_pairs: int


def judge(bed: Bed, num_resamples: int = 1000) -> list[Judgement]:
    """All scores, by every cost, across and within families, in all settings and in each."""
    found = list(_judgements(bed, ALL, num_resamples))
    for setting, part in bed.by_setting().items():
        found += _judgements(part, setting, num_resamples)
    return found


def _judgements(bed: Bed, setting: str, num_resamples: int) -> Iterable[Judgement]:
    families = [bed.families[model] for model in bed.models]
    for cost, costs in bed.costs.items():
        for kind in (ACROSS, WITHIN):
            pairs = matched_pairs(
                bed.models, families, bed.settings, costs, same_family=kind == WITHIN
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
                    setting,
                    name,
                    of_models.accuracy(agreed),
                    of_families.accuracy(agreed),
                    num_pairs,
                )


def residual_taus(bed: Bed, cost: str) -> dict[str, float]:
    """τ of every score and the accuracies, the cost taken out of both: mean over settings.

    Those of few detectors are left out; it is NaN where there are no others.
    """
    beds = [part for part in bed.by_setting().values() if len(part.keys) >= LEAST_ROWS]
    return {
        name: fmean(residual_tau(b.scores[name], b.accuracies, b.costs[cost]) for b in beds)
        if beds
        else float('nan')
        for name in bed.scores
    }
