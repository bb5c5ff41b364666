"""Zen-Score: how much a random network's features move with its input (Lin et al., ICCV 2021)."""

from typing import ClassVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_number
from pisnas_mm.receptive.random_networks import random_network
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.sampled import SampledScore


@SCORES.register_module()
class ZenScore(SampledScore):
    """log E‖f(x) − f(x + α ε)‖ + Σ log σ over the batch norms: the paper's algorithm 1.

    f gives the last stage's output, before any pooling, of the network without its residual links
    and with weights N(0, 1); x and ε are N(0, 1), the norm is Frobenius's and the mean over inputs.
    Batch norm hides how much features grow from layer to layer. σ² is what it divides by, the
    variance of its input over the batch, averaged over channels; adding log σ undoes that.

    Where the authors' code departs from the paper, this follows the paper: the code sums absolute
    differences, and takes σ from running averages over both passes. Here σ is that of x's pass.

    Args:
        image_size: Side of the square input, in pixels.
        alpha: Size α of the perturbation.
        num_draws: Random networks for each architecture; the authors average 32.
        batch_size: Inputs for each network, at least 2 for batch norm.
        device: Where torch computes, for example ``'cuda'``.
        seed: Seed of all draws.
    """

    least_batch: ClassVar[int] = 2

    def __init__(
        self,
        image_size: int,
        alpha: float = 0.01,
        num_draws: int = 1,
        batch_size: int = 16,
        device: str = 'cpu',
        seed: int = 0,
    ) -> None:
        super().__init__(image_size, num_draws, batch_size, device, seed)
        if check_number(alpha, 'alpha') <= 0:
            raise ValueError(f'alpha should be greater than 0, but got {alpha}')
        self.alpha = alpha

    def of_draw(self, genotype: Genotype) -> float:
        import torch
        from torch import Tensor, nn

        from pisnas_mm.models.probes import PlainBlock

        network = random_network(genotype.blocks, PlainBlock)
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight)
        network.to(self.device)
        x, noise = self.inputs(genotype), self.inputs(genotype)
        log_scales: list[Tensor] = []

        def note(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            variance = inputs[0].var((0, 2, 3), unbiased=False)
            log_scales.append(variance.mean().log() / 2)

        with torch.no_grad():
            norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
            hooks = [norm.register_forward_pre_hook(note) for norm in norms]
            output = network(x)
            for hook in hooks:
                hook.remove()
            change = (output - network(x + self.alpha * noise)).flatten(1).norm(dim=1).mean()
        return float(change.double().log() + torch.stack(log_scales).double().sum())
