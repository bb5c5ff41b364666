"""Graphs made of others: without shortcuts, without gates, and with branches merged."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TypeGuard

from pisnas_mm.blocks.graph import (
    STRIDES,
    Add,
    BiasedConv,
    Conv,
    Graph,
    Multiply,
    Norm,
    Op,
    Value,
)


def rebuilt(graph: Graph, changes: Mapping[Value, Op | Value]) -> Graph:
    """The graph with operations replaced, and without those that the output no longer needs.

    Args:
        graph: Stays as it is.
        changes: For some of its operations another one, whose sources are numbered as in
            ``graph``, or an earlier value that takes their place.
    """
    if not changes:
        return graph
    ops: dict[Value, Op] = {}
    stand_in: list[Value] = []  # for every value the one in its place
    for i, op in enumerate(graph.ops):
        change = changes.get(i, op)
        if isinstance(change, Op):
            ops[i] = change
        stand_in.append(i if isinstance(change, Op) else stand_in[change])
    needed = {graph.input, stand_in[-1]}
    for i in reversed(ops):
        if i in needed:
            needed.update([stand_in[j] for j in ops[i].sources])
    numbers = {old: new for new, old in enumerate(sorted(needed))}
    made = Graph(graph.in_channels, graph.act)
    for i in sorted(needed - {graph.input}):
        sources = tuple([numbers[stand_in[j]] for j in ops[i].sources])
        made.ops.append(replace(ops[i], sources=sources))
    return made


def without_shortcuts(graph: Graph) -> Graph:
    """With the last of its terms in every sum's place.

    By convention that term is the residual branch, and the others are shortcuts.
    """
    sums = [(i, op) for i, op in enumerate(graph.ops) if isinstance(op, Add)]
    return rebuilt(graph, {i: op.sources[-1] for i, op in sums})


def without_gates(graph: Graph) -> Graph:
    """With products by gates that have one source, and none of what gates are made of."""
    products = [(i, op) for i, op in enumerate(graph.ops) if isinstance(op, Multiply)]
    return rebuilt(graph, {i: replace(op, sources=op.sources[:1]) for i, op in products})


def merged(graph: Graph) -> Graph:
    """With every sum of linear branches of one value as one convolution with a bias.

    It has the name and the kernel of the branch with the largest kernel.
    """
    return rebuilt(graph, {i: _one_for(found) for i, found in branches_of(graph).items()})


def branches_of(graph: Graph) -> dict[Value, list[Conv | Norm]]:
    """For each outermost sum of linear branches of one value: these branches."""
    found: dict[Value, list[Conv | Norm]] = {}
    for i, op in enumerate(graph.ops):
        if not isinstance(op, Add):
            continue
        branches: list[Op] = []
        for j in op.sources:
            branches.extend(found[j] if j in found else [graph.ops[j]])
        linear = [b for b in branches if _is_linear(b)]
        sources, strides = {b.sources for b in linear}, {STRIDES[type(b)](b) for b in linear}
        whole = len(linear) == len(branches) and any(isinstance(b, Conv) for b in linear)
        if whole and len(sources) == len(strides) == 1:
            for j in op.sources:
                found.pop(j, None)
            found[i] = linear
    return found


def widest(branches: list[Conv | Norm]) -> Conv:
    """The branch of the largest kernel, which names what they are merged to."""
    return max([b for b in branches if isinstance(b, Conv)], key=lambda conv: conv.kernel_size)


def _one_for(branches: list[Conv | Norm]) -> BiasedConv:
    conv = widest(branches)
    return BiasedConv(**{f.name: getattr(conv, f.name) for f in fields(Conv)})


def _is_linear(op: Op) -> TypeGuard[Conv | Norm]:
    """Whether it ends in a norm and mixes channels, if it does, without groups."""
    if type(op) is Conv:
        return op.act is None and op.groups == 1
    return isinstance(op, Norm)
