"""What every block is: a frozen, validated, hashable spec that describes itself once."""

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from inspect import Signature, signature
from typing import Any, ClassVar, NamedTuple
from weakref import WeakValueDictionary

from pisnas_mm.blocks.fields import Number, mutable_fields
from pisnas_mm.blocks.graph import Graph, Op, Value
from pisnas_mm.checks import check_whole, shown

ACTIVATIONS = ('relu', 'silu', 'gelu', 'hardswish', 'leaky_relu')
LEAK = 0.1  # slope of a leaky ReLU below zero, as YOLOv7-tiny has it
# Of the fields that families share: what they may be, and the most of those that count something,
# which is far beyond what anybody builds: what is read from a file should not fill the memory.
CHOICES: dict[str, tuple[object, ...]] = {
    'stride': (1, 2),
    'act': ACTIVATIONS,
}
MOST_CHANNELS = 1 << 20
MOST = {
    **dict.fromkeys(('in_channels', 'out_channels', 'mid_channels', 'expansion'), MOST_CHANNELS),
    'num_blocks': 1000,
    'kernel_size': 255,
    'groups': MOST_CHANNELS,
}


_KNOWN: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()


class _OneObject(ABCMeta):
    """Makes equal blocks one object: searches look them up all the time, and pointers are quick."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _one_of(super().__call__(*args, **kwargs))

    @property
    def __signature__(cls) -> Signature:
        """For ``inspect``, which would show the arguments of ``__call__``."""
        of_init = signature(cls.__init__)  # type: ignore[misc]
        return of_init.replace(parameters=list(of_init.parameters.values())[1:])


def _one_of(block: Any) -> Any:
    """The first of all blocks that are equal to this one."""
    return _KNOWN.setdefault((type(block), *vars(block).values()), block)


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
    halved: ClassVar[tuple[str, ...]] = ()  # fields that are cut into halves, and so are even
    choices: ClassVar[Mapping[str, tuple[object, ...]]] = {}  # of fields of the family's own

    def __post_init__(self) -> None:
        values = vars(self)
        for name, allowed, most, parity in _rules(type(self)):  # quick: searches make many blocks
            value = values[name]
            if allowed:
                fits = value in allowed and type(value) is type(allowed[0])
            else:
                fits = type(value) is int and 0 < value <= most and parity in (None, value % 2)
            if not fits:
                check_field(self, name)

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
        """The graph cut into graphs in a row, which saves measures what ``CellStage`` repeats."""
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
        first, inner = Graph(self.in_channels, self.act), Graph(self.out_channels, self.act)
        self.cell(inner, inner.input, 1, 1)
        if type(self).enter is CellStage.enter:
            self.cell(first, first.input, 0, self.stride)
            return [Cell(first, 1), Cell(inner, self.num_blocks - 1)][: self.num_blocks]
        self.enter(first, first.input)
        cells = [Cell(first, 1), Cell(inner, self.num_blocks)]
        return cells if len(first.ops) > 1 else cells[1:]


def cell_sides_of(block: Block, side: int) -> list[tuple[Graph, int, int]]:
    """Cells' graphs, how often each comes in a row, and its input's side, for ``side``² pixels."""
    cells = []
    for graph, times in block.cells():
        cells.append((graph, times, side))
        side = -(-side // graph.stride)
    return cells


def ops_of(block: Block, side: int) -> list[tuple[Op, int, int]]:
    """A block's operations, how often each comes, and its output's side, for ``side``² pixels."""
    return [
        (op, times, out)
        for graph, times, at in cell_sides_of(block, side)
        for op, out in zip(graph.ops, graph.sides(at), strict=True)
    ]


@lru_cache(1 << 16)
def changed(block: Block, name: str, value: Any) -> Block:
    """The block with another value in one field; remembered, as most changes come again.

    It is made, and checked, only where there is no such block yet.

    Raises:
        ValueError: The family refuses it.
    """
    family, fields = type(block), {**vars(block), name: value}
    known: Block | None = _KNOWN.get((family, *fields.values()))
    if known is None:
        made = object.__new__(family)  # as a dataclass is made, in half the time
        made.__dict__.update(fields)
        made.__post_init__()
        known = _one_of(made)
    return known


class _Rule(NamedTuple):
    """What a field may be: one of some values, or a whole number from 1 on."""

    name: str
    allowed: tuple[object, ...] | None
    most: int
    parity: int | None  # 0: even, 1: odd


@lru_cache
def _rules(family: type[Block]) -> tuple[_Rule, ...]:
    """The rules of a family's fields, by their names and kinds; others are its own to check."""
    kinds, found = mutable_fields(family), []
    for field in fields(family):  # type: ignore[arg-type]  # every family is a dataclass
        name = field.name
        allowed = family.choices.get(name) or CHOICES.get(name)
        if allowed or isinstance(kinds.get(name), Number) or name in MOST:
            # Kernels are odd, so that 'same' padding is symmetric.
            parity = 0 if name in family.halved else 1 if name == 'kernel_size' else None
            found.append(_Rule(name, allowed, MOST.get(name, MOST_CHANNELS), parity))
    return tuple(found)


def check_field(block: Block, name: str) -> None:
    """Raise ValueError unless the field of this name is what it may be."""
    value, place = getattr(block, name), f'{type(block).__name__}.{name}'
    (rule,) = (rule for rule in _rules(type(block)) if rule.name == name)
    if rule.allowed:
        if value not in rule.allowed or type(value) is not type(rule.allowed[0]):
            raise ValueError(f'{place} should be one of {rule.allowed}, but got {shown(value)}')
    elif rule.parity not in (None, check_whole(value, place, 1, rule.most) % 2):
        wanted = 'odd' if rule.parity else 'even'
        raise ValueError(f'{place} should be {wanted}, but got {value}')
