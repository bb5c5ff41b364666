"""Pyramid receptive score by sampling, as the paper's code computes it (PIS-NAS, eqs. 1 and 2)."""

from collections.abc import Sequence
from typing import Any, get_args

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import shown
from pisnas_mm.receptive.monte_carlo import Reference, sample_radii
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.receptive import PRScore
from pisnas_mm.scores.sampled import check_sampling


@SCORES.register_module()
class MonteCarloPRScore(PRScore):
    """Mean over random networks of the weighted sum of their receptive radii, in pixels.

    The released search uses one draw and eight inputs, which is noisy. Equal architectures have
    equal scores, whoever computes them and whenever. Needs torch and mmcv.

    Args:
        image_size: Side of the square input, in pixels.
        weights: One per stage from stride 4 on.
        threshold: Share of a map's maximum that counts as seen, between 0 and 1.
        num_draws: Random networks for each architecture.
        batch_size: Inputs for each network.
        reference: Gradients with respect to the ``'previous_stage'`` or to the ``'image'``.
        device: Where torch computes, for example ``'cuda'``.
        seed: Seed of all draws.
    """

    def __init__(
        self,
        image_size: int,
        weights: Sequence[float] = (0, 1, 1, 1),
        threshold: float = 0.1,
        num_draws: int = 1,
        batch_size: int = 8,
        reference: Reference = 'previous_stage',
        device: str = 'cpu',
        seed: int = 0,
    ) -> None:
        super().__init__(image_size, weights, threshold, smoothing=0.0)
        check_sampling(num_draws, batch_size, device, seed)
        if reference not in get_args(Reference):
            raise ValueError(
                f'reference should be one of {get_args(Reference)}, but got {shown(reference)}'
            )
        self.seed = seed
        self.sampling: dict[str, Any] = dict(
            num_draws=num_draws,
            batch_size=batch_size,
            reference=reference,
            device=device,
            seed=seed,
        )

    def draws(self, genotype: Genotype) -> list[tuple[float, ...]]:
        """The radii of every draw, for every stage from stride 4 on."""
        return sample_radii(genotype, self.image_size, self.threshold, **self.sampling).draws

    def radii(self, genotype: Genotype) -> tuple[float, ...]:
        draws = self.draws(genotype)
        return tuple(sum(stage) / len(draws) for stage in zip(*draws, strict=True))

    def unless_below(self, genotype: Genotype, floor: float) -> float:
        return self(genotype)  # a draw has all radii at once
