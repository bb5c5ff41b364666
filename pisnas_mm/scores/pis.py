"""The PIS-NAS objective: pyramid receptive score less a penalty on unbalanced depths (eq. 3)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import exp, inf, sqrt
from typing import Any, Literal, get_args

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_number, check_numbers, shown
from pisnas_mm.registry import SCORES, build
from pisnas_mm.scores.score import Score

Dispersion = Literal['variance', 'std']


def check_dispersion(dispersion: Dispersion) -> Dispersion:
    """The dispersion; ``ValueError`` where there is no such one."""
    if dispersion not in get_args(Dispersion):
        raise ValueError(
            f'dispersion should be one of {get_args(Dispersion)}, but got {shown(dispersion)}'
        )
    return dispersion


@SCORES.register_module()
class PISScore(Score):
    """PR score − ω · Q with Q = exp(dispersion of L_s / γ_s over the stages), eq. 3.

    Args:
        image_size: Side of the square input, in pixels.
        pr_score: Config of the pyramid receptive score.
        omega: The penalty's weight ω.
        gamma: Relative depths γ that cost nothing, one per stage. With fewer entries than the
            architecture has depths, its first ones are left out, as the released code does in the
            residual space.
        dispersion: ``'variance'`` as printed, or ``'std'`` as released (both over the population).
    """

    def __init__(
        self,
        image_size: int,
        pr_score: Mapping[str, Any] | None = None,
        omega: float = 8.0,
        gamma: Sequence[float] = (1, 2, 2, 1),
        dispersion: Dispersion = 'variance',
    ) -> None:
        self.dispersion = check_dispersion(dispersion)
        if min(check_numbers(gamma, 'gamma')) <= 0:
            raise ValueError(f'gamma should be positive numbers, but got {gamma!r}')
        self.pr_score: Score = build(
            SCORES, pr_score or dict(type='PRScore'), 'score.pr_score', image_size=image_size
        )
        self.omega = check_number(omega, 'omega')
        self.gamma = tuple(gamma)

    def __call__(self, genotype: Genotype) -> float:
        return self.pr_score(genotype) - self.omega * self.depth_penalty(genotype.depths)

    def unless_below(self, genotype: Genotype, floor: float) -> float | None:
        penalty = self.omega * self.depth_penalty(genotype.depths)
        pr_score = self.pr_score.unless_below(genotype, floor + penalty)
        return None if pr_score is None else pr_score - penalty

    def ceiling(self) -> float:
        """The PR score's, less ω: no dispersion is negative, so Q ≥ e⁰."""
        return self.pr_score.ceiling() - self.omega if self.omega >= 0 else inf

    def check(self, genotype: Genotype) -> None:
        self.pr_score.check(genotype)
        self.depth_penalty(genotype.depths)

    def parts(self, genotype: Genotype) -> dict[str, float]:
        return {
            'pr_score': self.pr_score(genotype),
            'depth_penalty': self.depth_penalty(genotype.depths),
        }

    def depth_penalty(self, depths: Sequence[int]) -> float:
        """Q of eq. 3 for the depths of an architecture."""
        if len(depths) < len(self.gamma):
            raise ValueError(
                f'gamma has {len(self.gamma)} entries, but the architecture only '
                f'{len(depths)} depths'
            )
        return _penalty(tuple(depths[-len(self.gamma) :]), self.gamma, self.dispersion)


@lru_cache(1 << 14)
def _penalty(depths: tuple[int, ...], gamma: tuple[float, ...], dispersion: Dispersion) -> float:
    ratios = [d / g for d, g in zip(depths, gamma, strict=True)]
    mean = sum(ratios) / len(ratios)
    variance = sum((ratio - mean) ** 2 for ratio in ratios) / len(ratios)
    # Beyond e^700 a float overflows; such a depth is out of the question anyway.
    return exp(min(variance if dispersion == 'variance' else sqrt(variance), 700.0))
