"""NASWOT: how differently a random network switches for different inputs (Mellor et al., 2021)."""

from typing import ClassVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.receptive.random_networks import random_network
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.sampled import SampledScore


@SCORES.register_module()
class NASWOTScore(SampledScore):
    """log |det K|, with K[i, j] the number of activations that inputs i and j switch alike.

    An activation at a position and in a channel is on where its input is greater than 0. The paper
    (ICML's version, not the earlier preprint's score by Jacobians) has ReLUs; for SiLU, too, that
    is where its slope is nearer to 1 than to 0. Inputs are N(0, 1) where the paper has a batch of
    images, and batch norms use the batch's statistics.

    Args:
        image_size: Side of the square input, in pixels.
        num_draws: Random networks for each architecture.
        batch_size: Inputs for each network, at least 2; the paper's number by default.
        device: Where torch computes, for example ``'cuda'``.
        seed: Seed of all draws.
    """

    least_batch: ClassVar[int] = 2

    def __init__(
        self,
        image_size: int,
        num_draws: int = 1,
        batch_size: int = 128,
        device: str = 'cpu',
        seed: int = 0,
    ) -> None:
        super().__init__(image_size, num_draws, batch_size, device, seed)

    def of_draw(self, genotype: Genotype) -> float:
        import torch
        from torch import Tensor

        from pisnas_mm.models.probes import ObservedBlock

        network = random_network(genotype.blocks, ObservedBlock).to(self.device)
        alike = torch.zeros(self.batch_size, self.batch_size, dtype=torch.float64)

        def compare(before: Tensor) -> None:
            nonlocal alike
            signs = (before > 0).float().mul(2).sub(1).flatten(1)
            # Of n signs, s of which agree, the product is s - (n - s). Whole numbers: exact.
            alike += (signs.shape[1] + (signs @ signs.T).double().cpu()) / 2

        for block in network.children():
            assert isinstance(block, ObservedBlock)
            block.observe = compare
        with torch.no_grad():
            network(self.inputs(genotype))
        return float(torch.linalg.slogdet(alike).logabsdet)
