"""A second judge whose draws a test knows."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES
from pisnas_mm.scores import PISScore, Score
from pisnas_mm.search import Evaluation, Verifier, build_verifier
from pisnas_mm.search.finalists import check_verify, try_verify
from pisnas_mm.search.resampling import Resampling
from pisnas_mm.search.verdicts import Choose
from tests.test_search import small

LOGGER = logging.getLogger('pisnas_mm.test')
# Depths 1 and 2 are balanced where γ = (1, 2): they cost ω = 4 and nothing more.
A, B, C = (small.architecture((8, 8, 8, 8, width), (1, 2), (3, 3)) for width in (8, 16, 24))
SEED = small.architecture((8, 8, 8, 8, 8), (1, 2), (5, 5))
CLOSED_FORM = {A: 100.0, B: 90.0, C: 80.0, SEED: 70.0}
DRAWS = {
    A: [(10, 20), (14, 18), (12, 22)],  # 50, 50, 56 with weights (1, 2)
    B: [(20, 20), (20, 20), (20, 20)],  # 60, 60, 60
    C: [(30, 15), (20, 17), (40, 16)],  # 60, 54, 72
    SEED: [(10, 10), (10, 13), (10, 16)],  # 30, 36, 42
}


class ClosedForm(Score):
    image_size, weights, threshold = 96, (1, 2), 0.3

    def __call__(self, genotype: Genotype) -> float:
        return CLOSED_FORM[genotype]


class Drawn(Score):
    """A sampler whose draws a test knows."""

    def __init__(
        self, image_size: int, weights: tuple, threshold: float = 0.5, num_draws: int = 1
    ) -> None:
        self.image_size, self.weights, self.threshold = image_size, weights, threshold
        self.num_draws = num_draws
        self.asked: list[Genotype] = []

    def __call__(self, genotype: Genotype) -> float:
        raise AssertionError('only its draws are asked for')

    def draws(self, genotype: Genotype) -> list[tuple[float, ...]]:
        self.asked.append(genotype)
        return DRAWS[genotype][: self.num_draws]


class Constant:
    """No score at all, but a sampler."""

    weights = (1, 1)

    def draws(self, genotype: Genotype) -> list[tuple[float, ...]]:
        return [(3, 4)]


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    for cls in (ClosedForm, Drawn):
        SCORES.register_module(module=cls)
    yield
    for cls in (ClosedForm, Drawn):
        del SCORES.module_dict[cls.__name__]


def objective() -> PISScore:
    return PISScore(64, dict(type='ClosedForm'), omega=4, gamma=(1, 2))


def verifier(**verify: Any) -> Resampling:
    found = built(dict(type='Drawn', **verify))
    assert isinstance(found, Resampling)
    return found


def built(verify: Any) -> Verifier | None:
    """From the entry of a config, through all checks."""
    cfg = small.config() | dict(verify=verify)
    check_verify(cfg['verify'], cfg['search'], cfg['image_size'], objective(), SEED)
    try_verify(cfg['verify'], cfg['image_size'], objective(), SEED)
    return build_verifier(cfg, objective(), LOGGER)


def first(count: int) -> Choose:
    """Chooses so many, as they stand."""
    return lambda population: [kept.genotype for kept in population[:count]]


def population(*genotypes: Genotype) -> list[Evaluation]:
    return [Evaluation(genotype, (objective()(genotype),)) for genotype in genotypes]
