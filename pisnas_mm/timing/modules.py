"""Modules that are timed: a kernel alone, and a whole backbone in its deployed form."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.latency.kernels import Widths
from pisnas_mm.models.backbones import PISBackbone
from pisnas_mm.models.graph_block import GraphBlock

TIMES = 4  # that a kernel is drawn, so that what comes before and after it weighs less


class Drawn(NamedTuple):
    """A block that is nothing but its graph."""

    drawn: Graph

    def graph(self) -> Graph:
        return self.drawn


class Copies(NamedTuple):
    """A kernel's operation drawn several times: the graph, the outputs, and how often."""

    graph: Graph
    outputs: list[Value]
    times: int


def kernel_module(op: ops.Op, widths: Widths) -> tuple[nn.Module, int, int]:
    """A module of an operation at other widths, its input's channels, and how many copies it has.

    Outputs are averaged over all positions, so that none is copied as it is to where it is read.
    """
    g, outputs, times = COPIES[type(op)](op, widths)
    pooled = [g.global_avg_pool(x) for x in outputs]
    if len(pooled) > 1:
        g.concat(pooled)
    block = cast(Block, Drawn(g))
    return GraphBlock(block, None, dict(type='BN')), g.in_channels, times


def backbone_module(genotype: Genotype, out_indices: Sequence[int]) -> nn.Module:
    """The backbone as it is deployed, with random weights."""
    module = PISBackbone(
        genotype.to_list(),
        genotype.in_channels,
        out_indices=out_indices,
        zero_init_residual=False,
        deploy=True,
    )
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)  # so that no number becomes too small
    return module


def image_of(channels: int, side: int, batch: int) -> Tensor:
    """A random input, (batch, channels, side, side)."""
    return torch.randn(batch, channels, side, side)


def _conv(op: ops.Conv, widths: Widths) -> Copies:
    """Side by side, on the same input."""
    g = Graph(widths[0], op.act or 'relu')
    groups = widths[0] if len(widths) == 1 else op.groups
    for i in range(TIMES):
        g.ops.append(
            replace(
                op,
                sources=(g.input,),
                channels=widths[-1],
                name=str(i),
                in_channels=widths[0],
                groups=groups,
            )
        )
    return Copies(g, list(range(1, TIMES + 1)), TIMES)


def _norm(op: ops.Norm, widths: Widths) -> Copies:
    g = Graph(widths[0], 'relu')
    return Copies(g, [g.norm(str(i), g.input) for i in range(TIMES)], TIMES)


def _dense(op: ops.Dense, widths: Widths) -> Copies:
    g = Graph(widths[0], 'relu')
    x = g.global_avg_pool(g.input)
    return Copies(g, [g.dense(str(i), x, widths[1], op.act) for i in range(TIMES)], TIMES)


def _chain(draw: Callable[[Graph, Any, Value], Value]) -> Callable[[Any, Widths], Copies]:
    """One after the other: what has no weights and one input would be computed only once."""

    def rule(op: Any, widths: Widths) -> Copies:
        g = Graph(widths[0], getattr(op, 'act', 'relu'))
        x = g.input
        for _ in range(TIMES):
            x = draw(g, op, x)
        return Copies(g, [x], TIMES)

    return rule


def _multiply(op: ops.Multiply, widths: Widths) -> Copies:
    g = Graph(widths[0], 'relu')
    gate, x = g.dense('gate', g.global_avg_pool(g.input), widths[0], op.act), g.input
    for _ in range(TIMES):
        x = g.multiply(x, gate)
    return Copies(g, [x], TIMES)


def _chunk(op: ops.Chunk, widths: Widths) -> Copies:
    g = Graph(TIMES * widths[0], 'relu')
    return Copies(g, g.chunk(g.input, TIMES), TIMES)


def _shuffle(op: ops.ChannelShuffle, widths: Widths) -> Copies:
    """One after the other, at the next width that is of whole groups."""
    g = Graph(-(-widths[0] // op.groups) * op.groups, 'relu')
    x = g.input
    for _ in range(TIMES):
        x = g.channel_shuffle(x, op.groups)
    return Copies(g, [x], TIMES)


def _once(share: int, draw: Callable[[Graph, Value], Value]) -> Callable[[ops.Op, Widths], Copies]:
    """Once, on an input with 1/``share`` of the channels."""

    def rule(op: ops.Op, widths: Widths) -> Copies:
        g = Graph(max(1, widths[0] // share), 'relu')
        return Copies(g, [draw(g, g.input)], 1)

    return rule


# How an operation is drawn to be timed.
COPIES: Walk[Callable[[Any, Widths], Copies]] = Walk(
    'the timing of kernels',
    {
        ops.Conv: _conv,
        ops.BiasedConv: _conv,
        ops.Norm: _norm,
        ops.Dense: _dense,
        ops.Act: _chain(lambda g, op, x: g.activation(x)),
        ops.Add: _chain(lambda g, op, x: g.add(g.input, x)),
        ops.MaxPool: _chain(lambda g, op, x: g.max_pool(x, op.kernel_size)),
        ops.Multiply: _multiply,
        ops.Chunk: _chunk,
        ops.ChannelShuffle: _shuffle,
        ops.MaxPool2x2: _once(1, Graph.max_pool_2x2),
        ops.GlobalAvgPool: _once(1, Graph.global_avg_pool),
        ops.SpaceToDepth: _once(4, Graph.space_to_depth),
        ops.Concat: _once(2, lambda g, x: g.concat([x, x])),
    },
    refused=[ops.Input],
)
