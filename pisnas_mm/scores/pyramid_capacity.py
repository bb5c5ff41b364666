"""An objective chosen by published detectors: capacity, resolution, trainability, useful reach.

Five terms, each of which a reason stands behind; their weights were chosen on detectors that were
trained on Pascal VOC (docs/method.md has the protocol, docs/results.md every candidate).
"""

from collections.abc import Sequence
from math import log, sqrt

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size, check_number, check_numbers
from pisnas_mm.measures.activations import activations
from pisnas_mm.receptive import stage_radii
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.receptive import check_one_per_stage
from pisnas_mm.scores.score import Score

NEEDS = (0.0, 32.0, 64.0, 128.0)
"""Radii, in pixels, beyond which C2 to C5 gain nothing: four times the stride, and none of C2."""

MAX_RESOLUTION = 0.079
"""The most that any backbone of YOLOBench has; see ``PyramidCapacityScore``."""


@SCORES.register_module()
class PyramidCapacityScore(Score):
    """ln A + ln r + ln MACs − w ρ + v ln Σ_s min(radius_s, need_s).

    A are the activations (capacity), r = √(MACs / params) / image side is the share of the image's
    resolution at which the average weight works, ρ is DeepMAD's effectiveness (a network too deep
    for its width does not train), and a radius counts up to what the objects of its level need.

    Args:
        image_size: Side of the square input, in pixels.
        needs: Radii that count at most, in pixels, one per stage from stride 4 on; 0 leaves a stage
            out. A data set's own are those that its boxes need.
        effectiveness_weight: w.
        reach_weight: v.
        max_resolution: r counts up to here: beyond it nothing was ever trained.
    """

    def __init__(
        self,
        image_size: int,
        needs: Sequence[float] = NEEDS,
        effectiveness_weight: float = 2.0,
        reach_weight: float = 0.5,
        max_resolution: float = MAX_RESOLUTION,
    ) -> None:
        self.image_size = check_image_size(image_size)
        self.needs = check_numbers(needs, 'needs', 0)
        if not any(self.needs):
            raise ValueError('needs should have a radius > 0 (pixels), but all are 0')
        self.effectiveness_weight = check_number(effectiveness_weight, 'effectiveness_weight', 0)
        self.reach_weight = check_number(reach_weight, 'reach_weight', 0)
        self.max_resolution = check_number(max_resolution, 'max_resolution', 1e-6)

    def check(self, genotype: Genotype) -> None:
        check_one_per_stage(self.needs, len(genotype.pyramid), 'needs')

    def __call__(self, genotype: Genotype) -> float:
        return self._without_reach(genotype) + self._reach(self._useful_radii(genotype))

    def unless_below(self, genotype: Genotype, floor: float) -> float | None:
        rest = self._without_reach(genotype)
        if rest + self._reach(self.needs) < floor - 1e-9:  # radii cost more than all else
            return None
        return rest + self._reach(self._useful_radii(genotype))

    def parts(self, genotype: Genotype) -> dict[str, float]:
        return {
            'activations': activations(genotype, self.image_size),
            'resolution': self._resolution(genotype),
            'effectiveness': measures.effectiveness(genotype),
            'useful_reach': sum(self._useful_radii(genotype)),
        }

    def _without_reach(self, genotype: Genotype) -> float:
        return (
            log(max(activations(genotype, self.image_size), 1))
            + log(min(self._resolution(genotype), self.max_resolution))
            + log(measures.macs(genotype, self.image_size))
            - self.effectiveness_weight * measures.effectiveness(genotype)
        )

    def _resolution(self, genotype: Genotype) -> float:
        macs, params = measures.macs(genotype, self.image_size), measures.params(genotype)
        return sqrt(macs / params) / self.image_size

    def _useful_radii(self, genotype: Genotype) -> list[float]:
        radii = stage_radii(genotype, self.image_size)
        return [min(radius, need) for radius, need in zip(radii, self.needs, strict=True)]

    def _reach(self, radii: Sequence[float]) -> float:
        return self.reach_weight * log(sum(radii))
