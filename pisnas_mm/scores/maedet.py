"""MAE-DET's objective: the entropies of the pyramid's features (Sun et al., ICML 2022)."""

from collections.abc import Sequence

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import maedet_stages
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score
from pisnas_mm.scores.stages import check_one_per_stage, check_weights, weighted_stages


@SCORES.register_module()
class MAEDETScore(Score):
    """Σ a_s (A_s + ln c_s) over the stages, in nats: see ``measures.maedet_stages``.

    Args:
        weights: a_s, one per stage from the stem on. The default is the paper's: nothing for the
            stages of stride 2 and 4, most for the deepest.
    """

    def __init__(self, weights: Sequence[float] = (0, 0, 1, 1, 6)) -> None:
        self.weights = check_weights(weights)

    def check(self, genotype: Genotype) -> None:
        check_one_per_stage(self.weights, len(genotype.stages))

    def __call__(self, genotype: Genotype) -> float:
        return weighted_stages(self.weights, maedet_stages(genotype))
