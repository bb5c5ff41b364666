"""Blocks that run their graph in another way, for the scores that need it."""

from collections.abc import Callable
from dataclasses import replace

from mmcv.cnn import ConvModule
from torch import Tensor

from pisnas_mm.blocks import Block
from pisnas_mm.blocks.graph import Act, Add, Conv, Graph, Op
from pisnas_mm.models.graph_block import Config, GraphBlock


class ObservedBlock(GraphBlock):
    """Shows what its activations are given.

    ``observe`` gets every pre-activation of the main path, (N, C, H, W), before it is changed.
    """

    observe: Callable[[Tensor], object]

    def _run(self, op: Op, sources: list[Tensor]) -> Tensor:
        if isinstance(op, Conv) and op.act:
            layer: ConvModule = self.get_submodule(op.name)
            before = layer(sources[0], activate=False)
            self.observe(before)
            activated: Tensor = layer.activate(before)
            return activated
        if isinstance(op, Act):
            self.observe(sources[0])
        return super()._run(op, sources)


class LinearBlock(GraphBlock):
    """Runs without batch norms and activations."""

    def _run(self, op: Op, sources: list[Tensor]) -> Tensor:
        if isinstance(op, Conv):
            output: Tensor = self.get_submodule(op.name)(sources[0], activate=False, norm=False)
            return output
        return sources[0] if isinstance(op, Act) else super()._run(op, sources)


class PlainBlock(GraphBlock):
    """Runs without residual links."""

    def __init__(self, block: Block, conv_cfg: Config | None, norm_cfg: Config) -> None:
        super().__init__(_Plain(block), conv_cfg, norm_cfg)


class _Plain(Block):
    """A block's graph without its residual links."""

    def __init__(self, block: Block) -> None:
        self.block = block

    def graph(self) -> Graph:
        return without_shortcuts(self.block.graph())


def without_shortcuts(graph: Graph) -> Graph:
    """The graph with the last of its terms in every sum's place, and what only others needed gone.

    By convention that term is the residual branch, and the others are shortcuts.
    """
    needed = {len(graph.ops) - 1}
    for i in reversed(range(len(graph.ops))):
        if i in needed:
            op = graph.ops[i]
            needed.update(op.sources[-1:] if isinstance(op, Add) else op.sources)
    plain = Graph(graph.in_channels, graph.act, [])
    at = {0: plain.input}
    for i in sorted(needed - {0}):
        op = graph.ops[i]
        if isinstance(op, Add):
            at[i] = at[op.sources[-1]]
        else:
            plain.ops.append(replace(op, sources=tuple(at[j] for j in op.sources)))
            at[i] = len(plain.ops) - 1
    return plain
