"""A block's operations as the closed form sees them: with widths only as rounded ratios."""

from functools import cached_property, lru_cache
from math import log2
from typing import NamedTuple

from pisnas_mm.blocks.block import Block, graph_of
from pisnas_mm.blocks.graph import Act, Concat, Conv, Op

PER_OCTAVE = 4
"""Width ratios are rounded to quarter octaves, so that one radius serves many architectures."""


class Step(NamedTuple):
    """One operation.

    ``narrowing`` is how many times narrower than the block's output its value is, as a power of 2
    in quarters; ``shares`` are the parts that its sources have in a concatenation.
    """

    op: type[Op]
    sources: tuple[int, ...]
    narrowing: int
    kernel_size: int = 1
    stride: int = 1
    act: str | None = None
    shares: tuple[float, ...] = ()

    @property
    def taps(self) -> tuple[int, int]:
        """First and last input position read by output position i, relative to stride · i."""
        return -(self.kernel_size // 2), self.kernel_size // 2


class Steps(tuple[Step, ...]):
    """The steps of a block. Equal ones are the same object, so they are quick keys of memories."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def strides(self) -> list[int]:
        """Accumulated stride of every step; the last one is the block's."""
        strides: list[int] = []
        for step in self:
            strides.append(step.stride * (strides[step.sources[0]] if step.sources else 1))
        return strides

    @cached_property
    def normalises(self) -> bool:
        """Whether every path from the input meets a convolution before anything else.

        Then the block's output does not depend on the input's distribution.
        """
        return all(step.op is Conv for step in self if 0 in step.sources)


@lru_cache(1 << 16)
def steps_of(block: Block) -> Steps:
    """The operations of a block, in order."""
    ops = graph_of(block).ops
    channels = [op.channels for op in ops]
    return _unique(tuple(_step(op, channels) for op in ops))


@lru_cache(1 << 16)
def narrowing(out_channels: int, channels: int) -> int:
    """log2(out_channels / channels), in quarters, rounded."""
    return round(PER_OCTAVE * log2(out_channels / channels))


@lru_cache(1 << 14)
def _unique(steps: tuple[Step, ...]) -> Steps:
    return Steps(steps)


def _step(op: Op, channels: list[int]) -> Step:
    narrower = narrowing(channels[-1], op.channels)
    match op:
        case Conv():
            return Step(Conv, op.sources, narrower, op.kernel_size, op.stride, op.act)
        case Act():
            return Step(Act, op.sources, narrower, act=op.act)
        case Concat():
            shares = tuple(channels[i] / op.channels for i in op.sources)
            return Step(Concat, op.sources, narrower, shares=shares)
    return Step(type(op), op.sources, narrower)
