"""Receptive maps as the paper samples them: gradients in random networks (PIS-NAS, eq. 1).

This is what the closed form is the expectation of. torch and mmcv are imported when it is used.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.receptive.features import Array
from pisnas_mm.receptive.radii import map_radius
from pisnas_mm.receptive.random_networks import drawing, random_network

if TYPE_CHECKING:
    from torch import Tensor, nn

Reference = Literal['previous_stage', 'image']


def sample_maps(
    genotype: Genotype,
    image_size: int,
    num_draws: int = 1,
    batch_size: int = 8,
    reference: Reference = 'previous_stage',
    device: str = 'cpu',
    seed: int = 0,
) -> Iterator[list[Array]]:
    """Draw networks (PyTorch's default initialisation, batch statistics) and inputs N(0, 1).

    Every draw depends on the seed, the architecture and its number alone. Stage by stage, only that
    stage is differentiated and kept in memory, unless the reference is the image.

    Args:
        genotype: The architecture.
        image_size: Side of the square input, in pixels.
        num_draws: How many networks to draw.
        batch_size: Inputs for each of them.
        reference: What a stage's centre is differentiated with respect to: the previous stage's
            output, as released, or the image.
        device: Where torch computes.
        seed: Seed of all draws.

    Yields:
        For every draw the maps of the stages of stride 4, 8, ..., each a square of the reference's
        side: log(1 + g), where g is the positive part of the gradient, averaged over inputs and
        channels. The map of the first stage is that on the image.

    Raises:
        ValueError: The reference is none of these.
    """
    if reference not in get_args(Reference):
        raise ValueError(f'reference should be one of {get_args(Reference)}, but got {reference!r}')
    import torch

    for draw in range(num_draws):
        with drawing(genotype, seed, draw):
            stages = random_stages(genotype)
            x = torch.randn(batch_size, genotype.in_channels, image_size, image_size)
        maps = _stage_maps if reference == 'previous_stage' else _image_maps
        yield [
            np.log1p(seen.double().cpu().numpy())
            for seen in maps([stage.to(device) for stage in stages], x.to(device))
        ]


class SampledRadii(NamedTuple):
    """Receptive radii in pixels, for every stage of stride 4, 8, ..."""

    draws: list[tuple[float, ...]]
    mean_map: tuple[float, ...]  # of the maps averaged over all draws


def sample_radii(
    genotype: Genotype, image_size: int, threshold: float = 0.1, **sampling: Any
) -> SampledRadii:
    """The radii of sampled maps.

    Args:
        genotype: The architecture.
        image_size: Side of the square input, in pixels.
        threshold: Share of a map's maximum that counts as seen.
        sampling: Further arguments of ``sample_maps``.
    """

    def radii(maps: Iterable[Array]) -> tuple[float, ...]:
        return tuple(map_radius(seen, image_size, threshold) for seen in maps)

    draws, sums = [], None
    for maps in sample_maps(genotype, image_size, **sampling):
        draws.append(radii(maps))
        gradients = [np.expm1(seen) for seen in maps]
        sums = [a + b for a, b in zip(sums, gradients, strict=True)] if sums else gradients
    return SampledRadii(draws, radii(np.log1p(total / len(draws)) for total in sums or []))


def random_stages(genotype: Genotype) -> 'list[nn.Module]':
    """A random network, cut into the stages of stride 4, 8, ..."""
    from torch import nn

    blocks = iter(random_network(genotype.blocks))
    return [nn.Sequential(*islice(blocks, len(stage))) for stage in genotype.pyramid]


def _stage_maps(stages: 'list[nn.Module]', x: 'Tensor') -> 'Iterator[Tensor]':
    for stage in stages:
        before = x.detach().requires_grad_()
        x = stage(before)
        yield positive_gradient(x, before)


def _image_maps(stages: 'list[nn.Module]', x: 'Tensor') -> 'Iterator[Tensor]':
    image = x.requires_grad_()
    for stage in stages:
        x = stage(x)
        yield positive_gradient(x, image, keep=stage is not stages[-1])


def positive_gradient(output: 'Tensor', source: 'Tensor', keep: bool = False) -> 'Tensor':
    """Gradient of the output's rectified centre, averaged over inputs and channels."""
    import torch

    centre = output[:, :, output.shape[2] // 2, output.shape[3] // 2].relu().mean()
    (gradient,) = torch.autograd.grad(centre, source, retain_graph=keep)
    return gradient.relu().mean((0, 1))
