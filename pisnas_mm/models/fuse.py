"""Branches side by side as one convolution, for deployment (RepVGG; Ding et al., CVPR 2021)."""

from typing import Any

import torch
from torch import Tensor, nn

from pisnas_mm.blocks.graph import Conv, Norm
from pisnas_mm.blocks.rewriting import branches_of, widest
from pisnas_mm.models.backbones import PISBackbone
from pisnas_mm.models.graph_block import GraphBlock


def fuse(model: nn.Module) -> nn.Module:
    """Replace blocks with branches by their deployed form, in place; outputs in eval mode stay.

    A backbone that is built with ``deploy=True`` takes the weights of one that was fused.

    Returns:
        The model.
    """
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
        layer: Any = module.get_submodule(branch.name)
        norm = layer if isinstance(branch, Norm) else layer.norm
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel = torch.eye(branch.channels)[:, :, None, None].to(scale)
        if isinstance(branch, Conv):
            kernel = layer.conv.weight
        margin = (size - kernel.shape[-1]) // 2
        kernels.append(nn.functional.pad(kernel, [margin] * 4) * scale[:, None, None, None])
        biases.append(norm.bias - norm.running_mean * scale)
    return torch.stack(kernels).sum(0), torch.stack(biases).sum(0)
