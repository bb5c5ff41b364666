"""Pyramid receptive score: how far the centres of the pyramid's levels see (PIS-NAS, eq. 2)."""

from collections.abc import Sequence

from pisnas_mm.genotype import Genotype
from pisnas_mm.measures.receptive_field import SMOOTHING, stage_radii
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
    """

    def __init__(
        self,
        image_size: int,
        weights: Sequence[float] = (0, 1, 1, 1),
        threshold: float = 0.1,
        smoothing: float = SMOOTHING,
    ) -> None:
        if not 0 < threshold < 1:
            raise ValueError(f'threshold should be between 0 and 1, but got {threshold}')
        if smoothing < 0:
            raise ValueError(f'smoothing should be >= 0, but got {smoothing}')
        self.image_size = image_size
        self.weights = tuple(weights)
        self.threshold = threshold
        self.smoothing = smoothing

    def radii(self, genotype: Genotype) -> tuple[float, ...]:
        """The radius of every stage from stride 4 on, in pixels."""
        return stage_radii(genotype, self.image_size, self.threshold, self.smoothing)

    def __call__(self, genotype: Genotype) -> float:
        return weighted_sum(self.weights, self.radii(genotype))


def weighted_sum(weights: Sequence[float], radii: Sequence[float]) -> float:
    """Eq. 2, in pixels.

    Raises:
        ValueError: The weights are not one for each stage.
    """
    if len(radii) != len(weights):
        raise ValueError(
            f'weights should be one for each of the {len(radii)} stages from stride 4 on, '
            f'but got {weights}'
        )
    return sum(w * r for w, r in zip(weights, radii, strict=True))
