"""Branches side by side as one convolution, for deployment (RepVGG; Ding et al., CVPR 2021)."""

from itertools import chain
from typing import Any

import torch
from mmcv.cnn.bricks.wrappers import Conv2d
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from pisnas_mm.blocks.graph import Conv, Norm
from pisnas_mm.blocks.rewriting import branches_of, widest
from pisnas_mm.models.backbones import PISBackbone
from pisnas_mm.models.graph_block import GraphBlock


def fuse(model: nn.Module) -> nn.Module:
    """Replace blocks with branches by their deployed form, in place; outputs in eval mode stay.

    A backbone that is built with ``deploy=True`` takes the weights of one that was fused.

    Returns:
        The model.

    Raises:
        ValueError: A branch is no fixed linear map: its norm has no running statistics, or its
            convolution is no plain one. The model is then as it was.
    """
    for name, module in model.named_modules():
        if isinstance(module, GraphBlock):
            for branch in chain.from_iterable(branches_of(module.graph).values()):
                _check_fixed(f'{name}.{branch.name}'.lstrip('.'), *_parts(module, branch))
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, GraphBlock) and branches_of(child.graph):
                setattr(parent, name, _fused(child))
        if isinstance(parent, PISBackbone):
            parent.deploy = True
    return model


def _fused(block: GraphBlock) -> GraphBlock:
    found = block.deployed()
    weights = block.state_dict()
    for branches in branches_of(block.graph).values():
        kernel, bias = fused_weights(block, branches)
        name = widest(branches).name
        weights |= {f'{name}.weight': kernel, f'{name}.bias': bias}
    found.load_state_dict({key: weights[key] for key in found.state_dict()})
    found.to(next(iter(weights.values())).device)
    return found.train(block.training)


def fused_weights(module: nn.Module, branches: list[Conv | Norm]) -> tuple[Tensor, Tensor]:
    """Kernel and bias of one convolution that computes the sum of branches, in eval mode.

    Args:
        module: The block, with the branches' layers under their names.
        branches: Convolutions and norms of one value.
    """
    size = widest(branches).kernel_size
    kernels, biases = [], []
    for branch in branches:
        conv, norm = _parts(module, branch)
        scale = 1 / torch.sqrt(norm.running_var + norm.eps)
        bias = -norm.running_mean * scale
        if norm.affine:
            scale, bias = norm.weight * scale, norm.weight * bias + norm.bias
        kernel = torch.eye(branch.channels)[:, :, None, None].to(scale)
        if conv is not None:
            kernel = conv.weight
        margin = (size - kernel.shape[-1]) // 2
        kernels.append(nn.functional.pad(kernel, [margin] * 4) * scale[:, None, None, None])
        biases.append(bias)
    return torch.stack(kernels).sum(0), torch.stack(biases).sum(0)


def _parts(module: nn.Module, branch: Conv | Norm) -> tuple[Any, Any]:
    """A branch's convolution, if it has one, and its norm."""
    layer: Any = module.get_submodule(branch.name)
    return (None, layer) if isinstance(branch, Norm) else (layer.conv, layer.norm)


def _check_fixed(name: str, conv: nn.Module | None, norm: nn.Module) -> None:
    if not isinstance(norm, _NormBase) or norm.running_mean is None:
        raise ValueError(
            f'{name}: a {type(norm).__name__} without running statistics depends on its input, '
            f'also in eval mode, and cannot be fused; train with norm_cfg=dict(type="BN"), or '
            f'deploy the model as it is'
        )
    if conv is not None and type(conv) not in (nn.Conv2d, Conv2d):
        raise ValueError(
            f'{name}: a {type(conv).__name__} is no plain convolution and cannot be fused; train '
            f'without conv_cfg, or deploy the model as it is'
        )
