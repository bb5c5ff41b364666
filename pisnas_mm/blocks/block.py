"""What every block is: a frozen, validated, hashable spec that describes itself once."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import fields
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from pisnas_mm.blocks.graph import Conv, Graph

ACTIVATIONS = ('relu', 'silu')


class Block(ABC):
    """A part of an architecture. Subclasses are frozen dataclasses registered in ``BLOCKS``.

    A subclass says in ``graph()`` what it computes; its parameters, MACs, entropies, receptive
    field and module follow from that.
    """

    in_channels: int
    out_channels: int
    stride: int = 1
    num_blocks: int = 0  # how often an inner block is repeated; 0 where there is none

    def __init_subclass__(cls) -> None:
        cls.__hash__ = Block.__hash__  # type: ignore[method-assign]  # dataclasses keep it

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Computed once: searches look blocks up all the time."""
        return hash((type(self).__name__, *vars(self).values()))

    @abstractmethod
    def graph(self) -> Graph:
        """The operations of this block, written like a forward pass."""

    def cells(self) -> list['Cell']:
        """The graph cut into graphs in a row. Blocks that repeat a cell say so, for speed only."""
        return [Cell(self.graph(), 1)]

    def to_dict(self) -> dict[str, Any]:
        """The spec as JSON-able data, as it stands in configs: ``dict(type=..., ...)``."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return {'type': type(self).__name__, **values}


class Cell(NamedTuple):
    """A part of a block, and how often it comes in a row. What comes often has stride 1."""

    graph: Graph
    times: int


@lru_cache(1 << 12)
def cells_of(block: Block) -> list[Cell]:
    """A block's cells, remembered: one measure after the other asks for them. Not to be changed."""
    return block.cells()


def convs_of(block: Block) -> Iterator[tuple[Conv, int]]:
    """A block's convolutions, and how often each comes."""
    for graph, times in cells_of(block):
        for conv in graph.convs():
            yield conv, times


def conv_sides_of(block: Block, side: int) -> Iterator[tuple[Conv, int, int]]:
    """Convolutions, their outputs' sides, and how often each comes, for ``side``² pixels."""
    for graph, times in cells_of(block):
        for conv, out in graph.conv_sides(side):
            yield conv, out, times
        side = -(-side // graph.stride)


def check_positive(block: Block, *names: str) -> None:
    """Raise ValueError unless these fields are whole numbers of at least 1."""
    for name in names:
        value = getattr(block, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(
                f'{type(block).__name__}.{name} should be a whole number >= 1, but got {value!r}'
            )


def check_choice(block: Block, name: str, allowed: tuple[object, ...]) -> None:
    """Raise ValueError unless this field is one of the allowed values."""
    value = getattr(block, name)
    if value not in allowed:
        raise ValueError(
            f'{type(block).__name__}.{name} should be one of {allowed}, but got {value!r}'
        )


def check_kernel(block: Block) -> None:
    """Raise ValueError unless ``kernel_size`` is odd, so that 'same' padding is symmetric."""
    check_positive(block, 'kernel_size')
    kernel_size = block.kernel_size  # type: ignore[attr-defined]
    if kernel_size % 2 == 0:
        raise ValueError(f'{type(block).__name__}.kernel_size should be odd, but got {kernel_size}')
