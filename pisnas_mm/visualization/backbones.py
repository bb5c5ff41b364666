"""Receptive-field maps of any backbone that MMDetection builds, by autograd (PIS-NAS, eq. 1).

What ``measures/monte_carlo.py`` does stage by stage for our architectures, here for outputs of a
module that is not looked into. torch is imported when it is used.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.receptive.features import Array
from pisnas_mm.receptive.monte_carlo import positive_gradient, sample_maps
from pisnas_mm.visualization.seen import THRESHOLD, Seen, seen

if TYPE_CHECKING:
    from torch import Tensor, nn


class Sampled(NamedTuple):
    """Mean maps over draws, by level."""

    on_previous: list[Seen]  # with respect to the output of the level before, or to the image
    on_image: list[Seen]


class Sampling(NamedTuple):
    """How maps are sampled: ``size`` is the side of the square image in pixels."""

    size: int
    num_draws: int
    batch_size: int = 8
    seed: int = 0
    device: str = 'cpu'
    threshold: float = THRESHOLD


def sampled_genotype(genotype: Genotype, how: Sampling) -> Sampled:
    """Mean maps of an architecture with random weights."""
    options: dict[str, Any] = dict(num_draws=how.num_draws, batch_size=how.batch_size)
    options |= dict(seed=how.seed, device=how.device)
    means = [
        _mean(sample_maps(genotype, how.size, reference=reference, **options))
        for reference in ('previous_stage', 'image')
    ]
    names = [f'C{i + 2}' for i in range(len(genotype.pyramid))]
    return Sampled(*[_measured(names, mean, how) for mean in means])


def sampled_backbone(backbone: 'nn.Module', how: Sampling, trained: bool = False) -> Sampled:
    """Mean maps of a built backbone's outputs, one for each of its ``out_indices``.

    Args:
        backbone: Gives a tuple of feature maps, or one.
        how: See there; inputs are N(0, 1).
        trained: Keep its weights, and the statistics of its norms; otherwise every draw has new
            weights (PyTorch's default initialisation) and the batch's statistics.

    Raises:
        ValueError: An output does not depend on the one before.
    """
    import torch

    backbone = backbone.to(how.device)
    torch.nn.Module.train(
        backbone, not trained
    )  # a ResNet's own `train` may keep norms as they are
    on_previous, on_image = [], []
    names: list[str] = []
    for draw in range(how.num_draws):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(how.seed * 1_000_003 + draw)  # torch keeps 32 bits
            if not trained:
                _reset(backbone)
            x = torch.randn(how.batch_size, 3, how.size, how.size)
        names, before, image = _maps(backbone, x.to(how.device))
        on_previous.append(before)
        on_image.append(image)
    return Sampled(*[_measured(names, _mean(of), how) for of in (on_previous, on_image)])


def build_backbone(cfg: Any, checkpoint: Path | None = None) -> 'nn.Module':
    """The backbone of a detector's config, on the CPU.

    Raises:
        ValueError: The checkpoint does not hold its weights.
    """
    import torch
    from mmdet.registry import MODELS
    from mmengine.registry import init_default_scope

    from pisnas_mm.models.safe_globals import allow_checkpoint_types

    init_default_scope(cfg.get('default_scope', 'mmdet'))
    backbone: nn.Module = MODELS.build(cfg['model']['backbone'])
    if checkpoint is None:
        return backbone
    allow_checkpoint_types()
    saved = torch.load(checkpoint, map_location='cpu', weights_only=True)
    weights = _of_backbone(saved.get('state_dict', saved))
    missing = backbone.load_state_dict(weights, strict=False).missing_keys
    if missing:
        raise ValueError(f'{checkpoint} does not fit the backbone: it has no {missing[0]}')
    return backbone


def _of_backbone(weights: Mapping[str, Any]) -> dict[str, Any]:
    prefix = 'backbone.'
    own = {key.removeprefix(prefix): v for key, v in weights.items() if key.startswith(prefix)}
    return own or dict(weights)


def _maps(backbone: 'nn.Module', x: 'Tensor') -> tuple[list[str], list[Array], list[Array]]:
    """Names of the outputs, and their maps: on the output before, and on the image."""
    image = x.requires_grad_()
    outputs = backbone(image)
    outputs = [outputs] if hasattr(outputs, 'shape') else list(outputs)
    on_previous, on_image = [], []
    for before, output in zip([image, *outputs], outputs, strict=False):
        on_image.append(_log(positive_gradient(output, image, keep=True)))
        try:
            seen = positive_gradient(output, before, keep=output is not outputs[-1])
        except RuntimeError as error:
            raise ValueError(f'an output does not depend on the one before: {error}') from error
        on_previous.append(_log(seen))
    names = [f'C{round(log2(x.shape[2] / output.shape[2]))}' for output in outputs]
    return names, on_previous, on_image


def _reset(module: 'nn.Module') -> None:
    for part in module.modules():
        reset: Callable[[], None] | None = getattr(part, 'reset_parameters', None)
        if reset is not None:
            reset()


def _log(gradient: 'Tensor') -> Array:
    return np.log1p(gradient.double().cpu().numpy())


def _mean(draws: Sequence[list[Array]] | Iterator[list[Array]]) -> list[Array]:
    """log(1 + g) of the mean g, map by map."""
    means = [np.mean(np.expm1(np.array(of)), axis=0) for of in zip(*draws, strict=True)]
    return [np.log1p(mean) for mean in means]


def _measured(names: Sequence[str], maps: Sequence[Array], how: Sampling) -> list[Seen]:
    return [
        seen(name, values, how.size, how.threshold)
        for name, values in zip(names, maps, strict=True)
    ]
