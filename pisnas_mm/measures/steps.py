"""A block's operations without its widths: all that a receptive field depends on."""

from functools import cached_property, lru_cache
from typing import NamedTuple

from pisnas_mm.blocks.block import Block, graph_of
from pisnas_mm.blocks.graph import Act, AvgPool, Concat, Conv, Op


class Step(NamedTuple):
    """One operation; ``shares`` are the parts that its sources have in a concatenation."""

    op: type[Op]
    sources: tuple[int, ...]
    kernel_size: int = 1
    stride: int = 1
    act: str | None = None
    shares: tuple[float, ...] = ()

    @property
    def taps(self) -> tuple[int, int]:
        """First and last input position read by output position i, relative to stride · i."""
        if self.op is AvgPool:
            return 0, self.stride - 1
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
        """Whether every path from the input meets a convolution before anything but pooling.

        Then neither the block's output nor its receptive field depends on the input's distribution.
        """
        unnormalised = {0}
        for i, step in enumerate(self):
            if step.op is not Conv and unnormalised & set(step.sources):
                if step.op is not AvgPool:
                    return False
                unnormalised.add(i)
        return len(self) - 1 not in unnormalised


@lru_cache(1 << 16)
def steps_of(block: Block) -> Steps:
    """The operations of a block, in order."""
    ops = graph_of(block).ops
    return _unique(tuple(_step(op, [ops[i].channels for i in op.sources]) for op in ops))


@lru_cache(1 << 14)
def _unique(steps: tuple[Step, ...]) -> Steps:
    return Steps(steps)


def _step(op: Op, source_channels: list[int]) -> Step:
    match op:
        case Conv():
            return Step(Conv, op.sources, op.kernel_size, op.stride, op.act)
        case Act():
            return Step(Act, op.sources, act=op.act)
        case AvgPool():
            return Step(AvgPool, op.sources, stride=op.stride)
        case Concat():
            shares = tuple(channels / op.channels for channels in source_channels)
            return Step(Concat, op.sources, shares=shares)
    return Step(type(op), op.sources)
