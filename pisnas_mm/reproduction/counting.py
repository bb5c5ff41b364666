"""Params and MACs of a whole detector, by the paper's convention.

The paper's axes say FLOPs and are multiply-adds of convolutions, as MMDetection's `get_flops`
prints them: nothing is counted for norms, activations, interpolation or the images' preprocessing.
"""

from typing import Any, NamedTuple

import torch
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn

Shape = tuple[int, int]
"""Height and width of an image in pixels."""


class Count(NamedTuple):
    """Learnable parameters, and multiply-adds of the convolutions for one image."""

    params: int
    macs: int


def build_on_meta(cfg: Config) -> nn.Module:
    """The detector of a config without memory for its weights, in evaluation mode."""
    init_default_scope(cfg.get('default_scope', 'mmdet'))
    with torch.device('meta'):
        model: nn.Module = MODELS.build(cfg.model)
    return model.eval()


def count(model: nn.Module, shape: Shape) -> Count:
    """Count a detector at one image of ``shape``.

    Args:
        model: A detector of MMDetection in evaluation mode, on any device, also on ``meta``.
        shape: Height and width in pixels, multiples of the largest stride.
    """
    parameter = next(model.parameters())
    total = 0

    def add(conv: Any, _: Any, output: Tensor) -> None:
        nonlocal total
        total += output.numel() * conv.weight[0].numel()

    hooks = [m.register_forward_hook(add) for m in model.modules() if isinstance(m, nn.Conv2d)]
    try:
        with torch.no_grad():
            model(torch.zeros(1, 3, *shape, device=parameter.device), mode='tensor')
    finally:
        for hook in hooks:
            hook.remove()
    return Count(sum(p.numel() for p in model.parameters() if p.requires_grad), total)
