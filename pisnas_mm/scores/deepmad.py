"""DeepMAD's objective: entropies less a penalty on unequal depths (Shen et al., CVPR 2023)."""

from collections.abc import Sequence
from math import exp
from statistics import pstdev

from pisnas_mm.checks import check_image_size, check_number
from pisnas_mm.genotype import Genotype
from pisnas_mm.measures import deepmad_stages
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score
from pisnas_mm.scores.stages import check_one_per_stage, check_weights, weighted_stages


@SCORES.register_module()
class DeepMADScore(Score):
    """Σ a_s A_s (ln c_s + ln r_s²) − penalty · exp(std of the depths): ``measures.deepmad_stages``.

    It grows with depth without end, so a search with it needs the constraint ``Effectiveness``.

    Args:
        image_size: Side of the square input, in pixels.
        weights: a_s, one per stage from the stem on. The default is the authors'.
        depth_penalty: The penalty's weight.
    """

    def __init__(
        self,
        image_size: int,
        weights: Sequence[float] = (1, 1, 1, 1, 8),
        depth_penalty: float = 10.0,
    ) -> None:
        self.image_size = check_image_size(image_size)
        self.weights = check_weights(weights)
        self.depth_penalty = check_number(depth_penalty, 'depth_penalty')
        if depth_penalty < 0:
            raise ValueError(f'depth_penalty should be >= 0, but got {depth_penalty}')

    def check(self, genotype: Genotype) -> None:
        check_one_per_stage(self.weights, len(genotype.stages))

    def __call__(self, genotype: Genotype) -> float:
        parts = self.parts(genotype)
        return parts['entropy'] - self.depth_penalty * parts['depth_penalty']

    def parts(self, genotype: Genotype) -> dict[str, float]:
        return {
            'entropy': weighted_stages(self.weights, deepmad_stages(genotype, self.image_size)),
            # Beyond e^700 a float overflows; such a depth is out of the question anyway.
            'depth_penalty': exp(min(pstdev(genotype.depths), 700.0)),
        }
