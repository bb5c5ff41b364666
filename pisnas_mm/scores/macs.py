"""Cost as a score: the baseline that every other score has to beat."""

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score


@SCORES.register_module()
class MACsScore(Score):
    """Multiply-adds of the convolutions: the largest backbone within the budgets wins.

    Args:
        image_size: Side of the square input, in pixels.
    """

    def __init__(self, image_size: int) -> None:
        self.image_size = check_image_size(image_size)

    def __call__(self, genotype: Genotype) -> float:
        return measures.macs(genotype, self.image_size)
