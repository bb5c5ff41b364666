"""DeepMAD's objective: entropies less a penalty on unequal depths (Shen et al., CVPR 2023)."""

from collections.abc import Sequence
from math import exp
from statistics import pstdev, pvariance

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size, check_number, check_whole
from pisnas_mm.measures import deepmad_stages
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.pis import Dispersion, check_dispersion
from pisnas_mm.scores.score import Score
from pisnas_mm.scores.stages import check_one_per_stage, check_weights, weighted_stages

_DISPERSIONS = {'variance': pvariance, 'std': pstdev}


@SCORES.register_module()
class DeepMADScore(Score):
    """Σ a_s A_s (ln c_s + ln r_s²) − penalty · exp(dispersion of the depths).

    The first sum is of ``measures.deepmad_stages``. It grows with depth without end, so a search
    with it needs the constraint ``Effectiveness``.

    Args:
        image_size: Side of the square input, in pixels.
        weights: a_s, one per stage from the stem on. The default is the authors'.
        depth_penalty: The penalty's weight.
        dispersion: ``'std'``, as the authors' code has it, or ``'variance'``, as printed (both over
            the population).
        num_depths: How many depths are compared, from the last one on; None for all, as printed.
            In the residual space the authors' code compares the last three of five.
    """

    def __init__(
        self,
        image_size: int,
        weights: Sequence[float] = (1, 1, 1, 1, 8),
        depth_penalty: float = 10.0,
        dispersion: Dispersion = 'std',
        num_depths: int | None = None,
    ) -> None:
        self.image_size = check_image_size(image_size)
        self.weights = check_weights(weights)
        self.depth_penalty = check_number(depth_penalty, 'depth_penalty')
        if depth_penalty < 0:
            raise ValueError(f'depth_penalty should be >= 0, but got {depth_penalty}')
        self.dispersion = check_dispersion(dispersion)
        if num_depths is not None:
            check_whole(num_depths, 'num_depths', 1)
        self.num_depths = num_depths

    def check(self, genotype: Genotype) -> None:
        check_one_per_stage(self.weights, len(genotype.stages))
        self._depths(genotype)

    def __call__(self, genotype: Genotype) -> float:
        parts = self.parts(genotype)
        return parts['entropy'] - self.depth_penalty * parts['depth_penalty']

    def parts(self, genotype: Genotype) -> dict[str, float]:
        depths = self._depths(genotype)
        return {
            'entropy': weighted_stages(self.weights, deepmad_stages(genotype, self.image_size)),
            # Beyond e^700 a float overflows; such a depth is out of the question anyway.
            'depth_penalty': exp(min(_DISPERSIONS[self.dispersion](depths), 700.0)),
        }

    def _depths(self, genotype: Genotype) -> tuple[int, ...]:
        """The depths that are compared."""
        depths, number = genotype.depths, self.num_depths
        if len(depths) < (number or 1):
            raise ValueError(
                f'num_depths is {number}, but the architecture has only {len(depths)} depths'
            )
        return depths if number is None else depths[-number:]
