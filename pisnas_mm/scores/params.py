"""Size as a score: a baseline that is hard to beat in spaces without budgets."""

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score


@SCORES.register_module()
class ParamsScore(Score):
    """Learnable numbers of the backbone."""

    def __call__(self, genotype: Genotype) -> float:
        return measures.params(genotype)
