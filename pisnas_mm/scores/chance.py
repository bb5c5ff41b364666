"""Chance as a score: what a search without one finds."""

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_whole
from pisnas_mm.receptive.random_networks import seed_of_draw
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.score import Score


@SCORES.register_module()
class RandomScore(Score):
    """A number from 0 to 1, drawn uniformly and once for every architecture.

    Args:
        seed: Another one gives other numbers.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = check_whole(seed, 'seed', 0)

    def __call__(self, genotype: Genotype) -> float:
        return seed_of_draw(genotype, self.seed, 0) / 2**63
