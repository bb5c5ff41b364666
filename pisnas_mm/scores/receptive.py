"""Pyramid receptive score: how far the centres of the pyramid's levels see (PIS-NAS, eq. 2)."""

from collections.abc import Sequence

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size, check_number, check_numbers
from pisnas_mm.receptive.radii import (
    SMOOTHING,
    largest_radius,
    stage_radii,
    stage_radius,
)
from pisnas_mm.receptive.stages import Stage, Stages
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score


@SCORES.register_module()
class PRScore(Score):
    """Weighted sum of the closed-form receptive radii, in pixels.

    Args:
        image_size: Side of the square input, in pixels.
        weights: One per stage from stride 4 on; the paper's sum runs over C3, C4 and C5.
        threshold: Share of a map's maximum that counts as seen, between 0 and 1.
        smoothing: Standard deviation of the threshold's logarithm that radii are averaged over.
        needs: Radii that count at most, in pixels, one per stage; None counts all that is seen.
    """

    def __init__(
        self,
        image_size: int,
        weights: Sequence[float] = (0, 1, 1, 1),
        threshold: float = 0.1,
        smoothing: float = SMOOTHING,
        needs: Sequence[float] | None = None,
    ) -> None:
        if not 0 < check_number(threshold, 'threshold') < 1:
            raise ValueError(f'threshold should be between 0 and 1, but got {threshold}')
        self.image_size = check_image_size(image_size)
        self.weights = check_numbers(weights, 'weights')
        self.threshold = threshold
        self.smoothing = check_number(smoothing, 'smoothing', 0)
        largest = largest_radius(image_size)
        if needs is not None:
            check_one_per_stage(check_numbers(needs, 'needs', 0), len(self.weights), 'needs')
        self.most = [min(largest, need) for need in needs or [largest] * len(self.weights)]
        self._bound = sum(max(w, 0) * most for w, most in zip(weights, self.most, strict=True))
        # Radii of the first and last stages are known more often than those between.
        last = len(self.weights) - 1
        counted = [i for i, weight in enumerate(weights) if weight]
        self._order = sorted(counted, key=lambda i: 1 < i < last)

    def radii(self, genotype: Genotype) -> tuple[float, ...]:
        """The radius of every stage from stride 4 on, in pixels."""
        return stage_radii(genotype, self.image_size, self.threshold, self.smoothing)

    def check(self, genotype: Genotype) -> None:
        check_one_per_stage(self.weights, len(genotype.pyramid))

    def __call__(self, genotype: Genotype) -> float:
        radii = self.radii(genotype)
        check_one_per_stage(self.weights, len(radii))
        return weighted_sum(self.weights, list(map(min, radii, self.most)))

    def ceiling(self) -> float:
        """That of an architecture whose radii are the largest wherever they count for good.

        Radii are from 0 to the distance of the image's corner, so a term w · r is at most w times
        that, or 0 where w is negative.
        """
        return self._bound

    def radius(self, i: int, stage: Stage) -> float:
        """The radius of stage ``i`` as far as it counts, in pixels."""
        radius = stage_radius(stage, self.image_size, self.threshold, self.smoothing)
        return min(radius, self.most[i])

    def unless_below(self, genotype: Genotype, floor: float) -> float | None:
        stages = Stages(genotype, self.image_size)
        radii = list(self.most)
        bound = self._bound
        for i in self._order:
            if bound < floor - _ROUNDING:
                return None
            radii[i] = self.radius(i, stages[i])
            bound += self.weights[i] * radii[i] - max(self.weights[i], 0) * self.most[i]
        return weighted_sum(self.weights, radii)


def check_one_per_stage(weights: Sequence[float], stages: int, place: str = 'weights') -> None:
    """Raise ValueError unless there are as many weights as stages."""
    if len(weights) != stages:
        raise ValueError(
            f'{place} should be one for each of the {stages} stages from stride 4 on, '
            f'but got {weights}'
        )


_ROUNDING = 1e-6  # what a bound may be off by


def weighted_sum(weights: Sequence[float], radii: Sequence[float]) -> float:
    """Eq. 2, in pixels.

    Raises:
        ValueError: The weights are not one for each stage.
    """
    check_one_per_stage(weights, len(radii))
    return sum(w * r for w, r in zip(weights, radii, strict=True))
