"""A graph's operations as the closed form sees them: apart from their widths."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import permutations
from typing import Any, NamedTuple

from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.blocks.rewriting import without_gates
from pisnas_mm.blocks.walk import Walk


class Step(NamedTuple):
    """One operation.

    ``width`` says which of the graph's different widths its value has; ``shares`` are the parts
    that its sources have in a concatenation.
    """

    op: type[ops.Op]
    sources: tuple[int, ...]
    width: int
    kernel_size: int = 1
    stride: int = 1
    act: str | None = None
    shares: tuple[float, ...] = ()

    @property
    def taps(self) -> tuple[int, int]:
        """First and last input position read by output position i, relative to stride · i."""
        return -((self.kernel_size - 1) // 2), self.kernel_size // 2


class Steps(tuple[Step, ...]):
    """The steps of a cell. Equal ones are the same object, so they are quick keys of memories."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def strides(self) -> list[int]:
        """Accumulated stride of every step; the last one is the cell's."""
        strides: list[int] = []
        for step in self:
            strides.append(step.stride * (strides[step.sources[0]] if step.sources else 1))
        return strides

    @cached_property
    def shortcuts(self) -> dict[int, int]:
        """Sums, and the one of their terms that the other was made of, channel by channel."""
        found: dict[int, int] = {}
        # For every value those that it depends on channel by channel, and itself.
        made_of: list[set[int]] = []
        for i, step in enumerate(self):
            sources = step.sources if step.op in (ops.Norm, ops.Act, ops.Add) else ()
            made_of.append({i}.union(*(made_of[j] for j in sources)))
            for term, other in permutations(sources, 2):
                if term != other and term in made_of[other]:
                    found[i] = term
        return found

    @cached_property
    def normalises(self) -> bool:
        """Whether whatever reads the input is a 1×1 convolution.

        Then batch norm takes the input's distribution off, and, as no tap falls beyond the borders,
        neither the output nor the gradient's map depends on it.
        """
        readers = [step for step in self if 0 in step.sources]
        return all(step.op is ops.Conv and step.kernel_size == 1 for step in readers)


def steps_of(graph: Graph) -> tuple[Steps, tuple[int, ...]]:
    """A graph's operations, in order, without gates, and all their different widths, in channels.

    A random gate is nearly constant, and nearly nothing flows back through it (docs/receptive.md):
    ``Multiply`` is a step with one source, and ``act`` is the gate's.
    """
    drawn = without_gates(graph).ops
    channels = [op.channels for op in drawn]
    widths = tuple([w for i, w in enumerate(channels) if w not in channels[:i]])  # maybe symbols
    steps = [STEPS[type(op)](op, channels, widths.index(op.channels)) for op in drawn]
    return _unique(tuple(steps)), widths


@lru_cache(1 << 14)
def _unique(steps: tuple[Step, ...]) -> Steps:
    return Steps(steps)


def _plain(op: ops.Op, channels: list[int], width: int) -> Step:
    return Step(type(op), op.sources, width)


def _with_act(op: Any, channels: list[int], width: int) -> Step:
    return Step(type(op), op.sources, width, act=op.act)


def _conv(op: ops.Conv, channels: list[int], width: int) -> Step:
    return Step(ops.Conv, op.sources, width, op.kernel_size, op.stride, op.act)


def _of_squares(op: ops.Op, channels: list[int], width: int) -> Step:
    stride = ops.STRIDES[type(op)](op)
    return Step(type(op), op.sources, width, stride, stride)


def _concat(op: ops.Concat, channels: list[int], width: int) -> Step:
    shares = tuple([channels[i] / op.channels for i in op.sources])
    return Step(ops.Concat, op.sources, width, shares=shares)


# Whose sources it numbers, the channels of all operations, and which of the widths it has.
STEPS: Walk[Callable[[Any, list[int], int], Step]] = Walk(
    'the closed form',
    {
        **dict.fromkeys((ops.Input, ops.Norm, ops.Add, ops.Chunk, ops.ChannelShuffle), _plain),
        **dict.fromkeys((ops.Act, ops.Multiply), _with_act),
        ops.Conv: _conv,
        **dict.fromkeys((ops.SpaceToDepth, ops.MaxPool2x2), _of_squares),
        ops.Concat: _concat,
    },
    refused=(ops.BiasedConv, ops.MaxPool, ops.GlobalAvgPool, ops.Dense),
    remedy='use the Monte-Carlo score',
)
