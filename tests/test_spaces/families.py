"""Block families for tests: one with options, and such as cannot stand everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Choice, Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.registry import BLOCKS


@dataclass(frozen=True)
class Widening(Block):
    """``num_blocks`` residual pairs: k×k to ``expansion`` times the width, k×k (or 1×1) back."""

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1
    expansion: Annotated[int, Choice(2, 3, 4)] = 2
    kernel_size: int = 3
    plain: Annotated[bool, Choice(False, True)] = False
    act: str = 'silu'

    choices: ClassVar = {'act': ('relu', 'silu')}

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.conv('main', g.input, self.out_channels, 1)
        back = 1 if self.plain else self.kernel_size
        for i in range(self.num_blocks):
            y = g.conv(f'{i}.wide', x, self.expansion * self.out_channels, self.kernel_size)
            x = g.add(x, g.conv(f'{i}.back', y, self.out_channels, back))
        return g


@dataclass(frozen=True)
class Picky(Block):
    """3×3 convolutions: few, with widths in sixteens, and with a ReLU or not at all."""

    in_channels: int
    out_channels: Width
    inner_channels: InnerWidth = 40
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    act: str = 'relu'

    choices: ClassVar = {'kernel_size': (3,), 'act': ('relu',), 'num_blocks': (1, 2, 3)}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.out_channels % 16:
            raise ValueError(f'Picky.out_channels should be sixteens, but got {self.out_channels}')

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.conv('first', g.input, self.inner_channels, 1)
        for i in range(self.num_blocks):
            x = g.conv(f'{i}', x, self.out_channels, self.kernel_size)
        return g


@dataclass(frozen=True)
class Halving(Block):
    """A convolution whose stride is always 2."""

    in_channels: int
    out_channels: Width
    kernel_size: int = 3
    act: str = 'silu'

    stride = 2

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        g.conv('conv', g.input, self.out_channels, self.kernel_size, 2)
        return g


@contextmanager
def registered(*families: type[Block]) -> Iterator[None]:
    """Have families in the registry for a while."""
    for family in families:
        BLOCKS.register_module(module=family)
    try:
        yield
    finally:
        for family in families:
            del BLOCKS.module_dict[family.__name__]
