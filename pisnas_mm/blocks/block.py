"""What every block is: a frozen, validated, hashable spec that describes itself once."""

from abc import ABCMeta, abstractmethod
from functools import lru_cache
from inspect import Signature, signature
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.checks import shown

ACTIVATIONS = ('relu', 'silu', 'gelu', 'hardswish')
# Far beyond what anybody builds: what is read from a file should not fill the memory.
MOST = {'num_blocks': 1000, 'kernel_size': 255}
MOST_CHANNELS = 1 << 20


_KNOWN: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()


class _OneObject(ABCMeta):
    """Makes equal blocks one object: searches look them up all the time, and pointers are quick."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        block = super().__call__(*args, **kwargs)
        return _KNOWN.setdefault((cls, *vars(block).values()), block)

    @property
    def __signature__(cls) -> Signature:
        """For ``inspect``, which would show the arguments of ``__call__``."""
        of_init = signature(cls.__init__)  # type: ignore[misc]
        return of_init.replace(parameters=list(of_init.parameters.values())[1:])


class Cell(NamedTuple):
    """A part of a block, and how often it comes in a row. What comes often has stride 1."""

    graph: Graph
    times: int


class Block(metaclass=_OneObject):
    """A part of an architecture. Subclasses are frozen dataclasses registered in ``BLOCKS``.

    A subclass says in ``graph()`` what it computes; its parameters, MACs, entropies, receptive
    field and module follow from that. The fields that a space may change are annotated with their
    kind: ``Width``, ``InnerWidth``, ``Depth``, ``Kernel``, or a ``Choice``.
    """

    in_channels: int
    out_channels: int
    stride: int = 1
    num_blocks: int = 0  # how often an inner block is repeated; 0 where there is none

    def __init_subclass__(cls) -> None:
        # Set here, they are not overwritten by `dataclass`.
        cls.__eq__ = object.__eq__  # type: ignore[method-assign]
        cls.__hash__ = object.__hash__  # type: ignore[method-assign]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(vars(self).values())  # copies, too, are the one object

    @abstractmethod
    def graph(self) -> Graph:
        """The operations of this block, written like a forward pass."""

    def cells(self) -> list[Cell]:
        """The graph cut into graphs in a row, which saves measures what ``CellStage`` repeats.

        What is measured of a graph is remembered: equal cells should be one object.
        """
        return [Cell(self.graph(), 1)]

    def to_dict(self) -> dict[str, Any]:
        """The spec as JSON-able data, as it stands in configs: ``dict(type=..., ...)``."""
        return {'type': type(self).__name__, **vars(self)}


class CellStage(Block):
    """A block that repeats a cell. A subclass draws one in ``cell()``; graph and cells follow.

    Its fields include ``num_blocks`` and ``act``. The first cell takes ``in_channels`` to
    ``out_channels`` and has the stride, unless the subclass does both before it, in ``enter()``.
    The others are equal: all they may depend on is the other fields.
    """

    act: str

    @abstractmethod
    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        """Draw cell ``i``.

        Args:
            g: The graph to draw on.
            x: The cell's input.
            i: Its number, from 0, for the names of its weights.
            stride: That of the block in the first cell, and 1 in all others.

        Returns:
            The cell's output, the last value that it draws.
        """

    def enter(self, g: Graph, x: Value) -> Value:
        """Draw what comes before the cells, if anything; all cells are equal then."""
        return x

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = self.enter(g, g.input)
        for i in range(self.num_blocks):
            x = self.cell(g, x, i, 1 if i else self.stride)
        return g

    def cells(self) -> list[Cell]:
        # What cells depend on: all fields, but not how often one is repeated.
        fields = vars(self) | {'num_blocks': 1}
        first = _drawn(type(self), 0, *fields.values())
        fields['in_channels'] = self.out_channels
        if 'stride' in fields:
            fields['stride'] = 1
        inner = _drawn(type(self), 1, *fields.values())
        if type(self).enter is CellStage.enter:
            return [Cell(first, 1), Cell(inner, self.num_blocks - 1)][: self.num_blocks]
        cells = [Cell(first, 1), Cell(inner, self.num_blocks)]
        return cells if len(first.ops) > 1 else cells[1:]


@lru_cache(1 << 16)
def _drawn(cls: type[CellStage], i: int, *fields: Any) -> Graph:
    """Cell ``i`` of a stage on its own; what comes before the cells is instead of the first."""
    stage: CellStage = object.__new__(cls)  # not checked, for speed
    stage.__dict__.update(zip(cls.__match_args__, fields, strict=True))  # type: ignore[attr-defined]
    g = Graph(stage.in_channels, stage.act)
    if i == 0 and cls.enter is not CellStage.enter:
        stage.enter(g, g.input)
    else:
        stage.cell(g, g.input, i, 1 if i else stage.stride)
    return g


@lru_cache(1 << 16)
def cells_of(block: Block) -> list[Cell]:
    """A block's cells, remembered: one measure after the other asks for them. Not to be changed."""
    return block.cells()


def cell_sides_of(block: Block, side: int) -> list[tuple[Graph, int, int]]:
    """Cells' graphs, how often each comes in a row, and its input's side, for ``side``² pixels."""
    cells = []
    for graph, times in cells_of(block):
        cells.append((graph, times, side))
        side = -(-side // graph.stride)
    return cells


def check_positive(block: Block, *names: str) -> None:
    """Raise ValueError unless these fields are whole numbers of at least 1."""
    for name in names:
        value = getattr(block, name)
        if type(value) is not int or value < 1:
            raise ValueError(
                f'{type(block).__name__}.{name} should be a whole number >= 1, but got '
                f'{shown(value)}'
            )
        most = MOST.get(name, MOST_CHANNELS)
        if value > most:
            raise ValueError(
                f'{type(block).__name__}.{name} should be at most {most}, but got {shown(value)}'
            )


def check_choice(block: Block, name: str, allowed: tuple[object, ...]) -> None:
    """Raise ValueError unless this field is one of the allowed values."""
    value = getattr(block, name)
    if not any(type(value) is type(choice) and value == choice for choice in allowed):
        raise ValueError(
            f'{type(block).__name__}.{name} should be one of {allowed}, but got {shown(value)}'
        )


def check_kernel(block: Block) -> None:
    """Raise ValueError unless ``kernel_size`` is odd, so that 'same' padding is symmetric."""
    check_positive(block, 'kernel_size')
    kernel_size = block.kernel_size  # type: ignore[attr-defined]
    if kernel_size % 2 == 0:
        raise ValueError(f'{type(block).__name__}.kernel_size should be odd, but got {kernel_size}')
