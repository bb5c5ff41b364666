"""Blocks that run their graph in another way, for the scores that need it."""

from collections.abc import Callable
from typing import Any

from mmcv.cnn import ConvModule
from torch import Tensor

from pisnas_mm.blocks import Block
from pisnas_mm.blocks.graph import (
    Act,
    BiasedConv,
    Conv,
    Dense,
    GlobalAvgPool,
    Graph,
    Multiply,
    Norm,
)
from pisnas_mm.blocks.rewriting import without_shortcuts
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.models.graph_block import RUN, GraphBlock, unchanged


def _observed_conv(block: 'ObservedBlock', op: Conv, x: Tensor) -> Tensor:
    layer: ConvModule = block.get_submodule(op.name)
    if not op.act:
        return RUN[Conv](block, op, x)
    before = layer(x, activate=False)
    block.observe(before)
    activated: Tensor = layer.activate(before)
    return activated


def _observed_act(block: 'ObservedBlock', op: Act, x: Tensor) -> Tensor:
    block.observe(x)
    return RUN[Act](block, op, x)


class ObservedBlock(GraphBlock):
    """Shows what its activations are given.

    ``observe`` gets every pre-activation of the main path, (N, C, H, W), before it is changed.
    """

    observe: Callable[[Tensor], object]
    run = Walk('an observed block', RUN | {Conv: _observed_conv, Act: _observed_act})


def _linear_conv(block: GraphBlock, op: Any, x: Tensor) -> Tensor:
    output: Tensor = block.get_submodule(op.name)(x, activate=False, norm=False)
    return output


_NOT_LINEAR = (BiasedConv, GlobalAvgPool, Dense, Multiply)


class LinearBlock(GraphBlock):
    """Runs without batch norms and activations; gates, which only choose, are refused."""

    run = Walk(
        'a linear block',
        {op: rule for op, rule in RUN.items() if op not in _NOT_LINEAR}
        | {Conv: _linear_conv, Norm: unchanged, Act: unchanged},
        refused=_NOT_LINEAR,
    )


class PlainBlock(GraphBlock):
    """Runs without residual links."""

    def _graph_of(self, block: Block, deploy: bool) -> Graph:
        return without_shortcuts(super()._graph_of(block, deploy))
