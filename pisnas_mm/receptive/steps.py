"""A graph's operations as the closed form sees them: apart from their widths."""

from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import permutations
from typing import NamedTuple

from pisnas_mm.blocks.graph import Act, Add, Concat, Conv, Graph, Multiply, Norm, Op, SpaceToDepth


class Step(NamedTuple):
    """One operation.

    ``width`` says which of the graph's different widths its value has; ``shares`` are the parts
    that its sources have in a concatenation.
    """

    op: type[Op]
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
        made_of: list[
            set[int]
        ] = []  # values that a value depends on channel by channel, and itself
        for i, step in enumerate(self):
            sources = step.sources if step.op in (Norm, Act, Add) else ()
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
        return all(step.op is Conv and step.kernel_size == 1 for step in readers)


@lru_cache(1 << 16)
def steps_of(graph: Graph) -> tuple[Steps, tuple[int, ...]]:
    """A graph's operations, in order, without gates, and all their different widths, in channels.

    A random gate is nearly constant, and nearly nothing flows back through it (docs/receptive.md):
    ``Multiply`` is a step with one source, and ``act`` is the gate's.
    """
    ops = graph.ops
    if graph.gates():
        ops = _main_path(ops)
    channels = [op.channels for op in ops]
    widths = tuple(dict.fromkeys(channels))
    return _unique(tuple([_step(op, channels, widths) for op in ops])), widths


@lru_cache(1 << 14)
def _unique(steps: tuple[Step, ...]) -> Steps:
    return Steps(steps)


def _main_path(ops: list[Op]) -> list[Op]:
    """What the output depends on other than through gates, with sources numbered anew."""
    reached = {len(ops) - 1}
    for i in range(len(ops) - 1, -1, -1):
        if i in reached:
            reached.update(_sources(ops[i]))
    numbers = {i: number for number, i in enumerate(sorted(reached))}
    return [replace(ops[i], sources=tuple(numbers[j] for j in _sources(ops[i]))) for i in numbers]


def _sources(op: Op) -> tuple[int, ...]:
    return op.sources[:1] if isinstance(op, Multiply) else op.sources


def _step(op: Op, channels: list[int], widths: tuple[int, ...]) -> Step:
    width = widths.index(op.channels)
    match op:
        case Conv():
            return Step(Conv, op.sources, width, op.kernel_size, op.stride, op.act)
        case Act() | Multiply():
            return Step(type(op), op.sources, width, act=op.act)
        case SpaceToDepth():
            return Step(SpaceToDepth, op.sources, width, op.stride, op.stride)
        case Concat():
            shares = tuple(channels[i] / op.channels for i in op.sources)
            return Step(Concat, op.sources, width, shares=shares)
    return Step(type(op), op.sources, width)
