"""SynFlow: the flow through all weights of a network (Tanaka et al., NeurIPS 2020).

As a score of architectures: Abdelfattah et al., ICLR 2021.
"""

from math import log

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.receptive.random_networks import random_network
from pisnas_mm.registry import SCORES
from pisnas_mm.scores.sampled import SampledScore

# What is scaled as its input is.
HOMOGENEOUS = Walk(
    'SynFlowScore',
    dict.fromkeys(
        (
            *(ops.Act, ops.Add, ops.ChannelShuffle, ops.Chunk, ops.Concat, ops.Conv, ops.Input),
            *(ops.MaxPool, ops.MaxPool2x2),
        ),
        True,
    ),
    refused=(
        ops.BiasedConv,
        ops.Dense,
        ops.GlobalAvgPool,
        ops.Multiply,
        ops.Norm,
        ops.SpaceToDepth,
    ),
)


@SCORES.register_module()
class SynFlowScore(SampledScore):
    """log Σ θ · ∂R/∂θ over all convolutions' weights θ, R being the sum of the last stage's output.

    The network has its weights' absolute values, no batch norms and no activations, its input is
    all ones, so that R is the sum over all paths of the product of their weights. (Without signs
    ReLUs change nothing, and SiLUs are taken for them.) There is no classifier: R is the sum of
    features where the papers have that of logits.

    The sum grows exponentially with depth: hence the logarithm, double precision, and a scale that
    is taken out after every block. It is exact, as the network is homogeneous; operations that are
    not, such as gates, are refused.

    Args:
        image_size: Side of the square input, in pixels.
        num_draws: Random networks for each architecture.
        device: Where torch computes, for example ``'cuda'``.
        seed: Seed of all draws.
    """

    def __init__(
        self, image_size: int, num_draws: int = 1, device: str = 'cpu', seed: int = 0
    ) -> None:
        super().__init__(image_size, num_draws, 1, device, seed)

    def check(self, genotype: Genotype) -> None:
        for i, block in enumerate(genotype.blocks):
            for op in block.graph().ops:
                if type(op) not in HOMOGENEOUS:
                    raise ValueError(
                        f'arch[{i}]: SynFlowScore has no rule for {type(op).__name__} in '
                        f'{type(block).__name__}'
                    )

    def of_draw(self, genotype: Genotype) -> float:
        import torch
        from torch import nn

        from pisnas_mm.models.probes import LinearBlock

        self.check(genotype)
        network = random_network(genotype.blocks, LinearBlock).to(self.device, torch.float64)
        weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d)]
        for weight in weights:
            weight.abs_().requires_grad_()
        size = self.image_size
        x = torch.ones(1, genotype.in_channels, size, size, dtype=torch.float64).to(self.device)
        log_scale = 0.0
        for block in network.children():
            x = block(x)
            scale = float(x.detach().max())
            x, log_scale = x / scale, log_scale + log(scale)
        gradients = torch.autograd.grad(x.sum(), weights)
        scores = [(w.detach() * g).sum() for w, g in zip(weights, gradients, strict=True)]
        return log_scale + float(torch.stack(scores).sum().log())
