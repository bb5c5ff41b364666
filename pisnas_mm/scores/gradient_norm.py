"""Gradient norm: how steep the loss of a random network is (Abdelfattah et al., ICLR 2021)."""

from typing import ClassVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_whole
from pisnas_mm.receptive.random_networks import random_network
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.sampled import SampledScore


@SCORES.register_module()
class GradientNormScore(SampledScore):
    """Σ ‖∂L/∂θ‖ over the convolutions' weights θ, the norms being Euclidean.

    The paper's L is the classification loss of a batch of labelled images. A backbone has no
    classifier, and a search no images: L is the mean cross-entropy of a random linear classifier
    on the last stage's output, averaged over positions, for inputs N(0, 1) and labels drawn
    uniformly. The classifier's own gradient is left out.

    Args:
        image_size: Side of the square input, in pixels.
        num_classes: Of the random labels, at least 2.
        num_draws: Random networks for each architecture.
        batch_size: Inputs for each network, at least 2 for batch norm; the paper's by default.
        device: Where torch computes, for example ``'cuda'``.
        seed: Seed of all draws.
    """

    least_batch: ClassVar[int] = 2

    def __init__(
        self,
        image_size: int,
        num_classes: int = 10,
        num_draws: int = 1,
        batch_size: int = 64,
        device: str = 'cpu',
        seed: int = 0,
    ) -> None:
        super().__init__(image_size, num_draws, batch_size, device, seed)
        self.num_classes = check_whole(num_classes, 'num_classes', 2)

    def of_draw(self, genotype: Genotype) -> float:
        import torch
        from torch import nn

        network = random_network(genotype.blocks).to(self.device)
        classifier = nn.Linear(genotype.blocks[-1].out_channels, self.num_classes).to(self.device)
        x = self.inputs(genotype)
        labels = torch.randint(self.num_classes, (self.batch_size,)).to(self.device)
        weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d)]
        for weight in weights:
            weight.requires_grad_()
        loss = nn.functional.cross_entropy(classifier(network(x).mean((2, 3))), labels)
        gradients = torch.autograd.grad(loss, weights)
        return float(torch.stack([gradient.norm() for gradient in gradients]).sum())
