"""The number of activations as a score: what NASWOT measures, without a network."""

from math import log

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size
from pisnas_mm.measures.activations import activations
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score


@SCORES.register_module()
class ActivationsScore(Score):
    """ln A, A being the outputs of all activations for one image.

    Args:
        image_size: Side of the square input, in pixels.
    """

    def __init__(self, image_size: int) -> None:
        self.image_size = check_image_size(image_size)

    def __call__(self, genotype: Genotype) -> float:
        return log(max(activations(genotype, self.image_size), 1))
