"""Branches side by side as one convolution, for deployment (RepVGG; Ding et al., CVPR 2021)."""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pisnas_mm.blocks.graph import Add, Conv, Norm, Op

if TYPE_CHECKING:
    from pisnas_mm.models.graph_block import GraphBlock


@dataclass(slots=True)
class Merged(Conv):
    """A convolution with a bias and no norm, in place of a sum of branches."""


def merged(ops: list[Op]) -> list[Op]:
    """The operations with every sum of linear branches of one value as one convolution.

    It has the name of the branch with the largest kernel.
    """
    branches = branches_of(ops)
    dropped = {j for i in branches for j in _inside(ops, i)}
    kept = [i for i in range(len(ops)) if i not in dropped]
    numbers = {old: new for new, old in enumerate(kept)}
    found = []
    for i in kept:
        op = ops[i]
        if i in branches:
            widest = _widest(branches[i])
            values = {f.name: getattr(widest, f.name) for f in fields(Conv)}
            op = Merged(**values)
        found.append(replace(op, sources=tuple(numbers[j] for j in op.sources)))
    return found


def branches_of(ops: list[Op]) -> dict[int, list[Conv | Norm]]:
    """By the number of each outermost sum of linear branches of one value: these branches."""
    found: dict[int, list[Conv | Norm]] = {}
    for i, op in enumerate(ops):
        if not isinstance(op, Add):
            continue
        branches: list[Op] = []
        for j in op.sources:
            branches.extend(found[j] if j in found else [ops[j]])
        linear = [b for b in branches if isinstance(b, Conv | Norm) and _is_linear(b)]
        sources, strides = {b.sources for b in linear}, {getattr(b, 'stride', 1) for b in linear}
        whole = len(linear) == len(branches) and any(isinstance(b, Conv) for b in linear)
        if whole and len(sources) == len(strides) == 1:
            for j in op.sources:
                found.pop(j, None)
            found[i] = linear
    return found


def fused_weights(module: nn.Module, branches: list[Conv | Norm]) -> tuple[Tensor, Tensor]:
    """Kernel and bias of one convolution that computes the sum of branches, in eval mode.

    Args:
        module: The block, with the branches' layers under their names.
        branches: Convolutions and norms of one value.
    """
    widest = _widest(branches)
    kernels, biases = [], []
    for branch in branches:
        layer: Any = module.get_submodule(branch.name)
        norm = layer if isinstance(branch, Norm) else layer.norm
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel = torch.eye(branch.channels)[:, :, None, None].to(scale)
        if isinstance(branch, Conv):
            kernel = layer.conv.weight
        margin = (widest.kernel_size - kernel.shape[-1]) // 2
        kernels.append(nn.functional.pad(kernel, [margin] * 4) * scale[:, None, None, None])
        biases.append(norm.bias - norm.running_mean * scale)
    return torch.stack(kernels).sum(0), torch.stack(biases).sum(0)


def fuse(model: nn.Module) -> nn.Module:
    """Replace blocks with branches by their deployed form, in place; outputs in eval mode stay.

    A backbone that is built with ``deploy=True`` takes the weights of one that was fused.

    Returns:
        The model.
    """
    from pisnas_mm.models.backbones import PISBackbone
    from pisnas_mm.models.graph_block import GraphBlock

    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, GraphBlock) and branches_of(child.ops):
                setattr(parent, name, _fused(child))
        if isinstance(parent, PISBackbone):
            parent.deploy = True
    return model


def _fused(block: 'GraphBlock') -> 'GraphBlock':
    ops, found = block.ops, block.deployed()
    weights = block.state_dict()
    for branches in branches_of(ops).values():
        kernel, bias = fused_weights(block, branches)
        for branch in branches:
            for key in [key for key in weights if key.startswith(f'{branch.name}.')]:
                del weights[key]
        name = _widest(branches).name
        weights |= {f'{name}.weight': kernel, f'{name}.bias': bias}
    found.load_state_dict(weights)
    found.to(next(iter(weights.values())).device)
    return found.train(block.training)


def _is_linear(op: Op) -> bool:
    if isinstance(op, Conv):
        return op.act is None and op.groups == 1 and not isinstance(op, Merged)
    return isinstance(op, Norm)


def _widest(branches: list[Conv | Norm]) -> Conv:
    return max([b for b in branches if isinstance(b, Conv)], key=lambda conv: conv.kernel_size)


def _inside(ops: list[Op], i: int) -> list[int]:
    """What a sum of branches is made of, sums within it included."""
    inner: list[int] = []
    for j in ops[i].sources:
        inner += [j, *(_inside(ops, j) if isinstance(ops[j], Add) else [])]
    return inner
