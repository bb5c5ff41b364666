"""The vocabulary blocks are written in: a small graph of operations on feature maps.

A block's ``graph()`` reads like its forward pass. Everything that can be known of a block (its
params, MACs, entropies, receptive field) and the module that computes it are walks over this graph.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Value = int
"""A feature map inside a block: the index of the operation that makes it."""


class Released(NamedTuple):
    """How the authors' released code counts a convolution where it departs from the graph."""

    kernel_size: int | None = None  # the kernel it uses in the bottleneck entropy
    at_input_side: bool = False  # it takes the block's input side for the convolution's own
    counted: bool = True  # False: neither a layer nor an entropy term (projection shortcuts)
    repeats: bool = False  # MAE-DET's and DeepMAD's entropies leave it out: its twin is in them


_AS_DRAWN = Released()


@dataclass(slots=True)
class Op:
    """One operation: the values it reads (by index) and the channels it gives.

    Not frozen, for speed only: searches make millions of them, and nobody changes one.
    """

    sources: tuple[int, ...]
    channels: int


@dataclass(slots=True)
class Input(Op):
    """The block's input."""


@dataclass(slots=True)
class Conv(Op):
    """A convolution without bias and with 'same' padding, batch norm, activation (or none)."""

    name: str
    in_channels: int
    kernel_size: int
    stride: int
    act: str | None
    released: Released = _AS_DRAWN


@dataclass(slots=True)
class Act(Op):
    """An activation on its own."""

    act: str


@dataclass(slots=True)
class Add(Op):
    """The sum of equally shaped values."""


@dataclass(slots=True)
class MaxPool(Op):
    """The largest value in a k×k window, at stride 1 and with 'same' padding (by nothing)."""

    kernel_size: int


@dataclass(slots=True)
class Concat(Op):
    """Values side by side along the channels."""


@dataclass(slots=True)
class Chunk(Op):
    """Contiguous channels of a value, from ``start`` on."""

    start: int


@dataclass
class Graph:
    """Operations in the order they run; the last one gives the block's output.

    Args:
        in_channels: Channels of the block's input.
        act: Activation of every operation that names none of its own.
    """

    in_channels: int
    act: str
    ops: list[Op] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.input = self._append(Input((), self.in_channels))

    def conv(
        self,
        name: str,
        x: Value,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        *,
        linear: bool = False,
        released: Released = _AS_DRAWN,
    ) -> Value:
        """Convolution, norm and, unless ``linear``, the activation; ``name`` keys its weights."""
        act = None if linear else self.act
        channels = self.ops[x].channels
        return self._append(
            Conv((x,), out_channels, name, channels, kernel_size, stride, act, released)
        )

    def activation(self, x: Value) -> Value:
        """The block's activation."""
        return self._append(Act((x,), self.ops[x].channels, self.act))

    def add(self, x: Value, y: Value) -> Value:
        """The sum of two values."""
        channels = self.ops[x].channels
        assert channels == self.ops[y].channels, 'a sum is of equally many channels'
        return self._append(Add((x, y), channels))

    def max_pool(self, x: Value, kernel_size: int) -> Value:
        """The largest value in every window; the size stays."""
        return self._append(MaxPool((x,), self.ops[x].channels, kernel_size))

    def concat(self, parts: Sequence[Value]) -> Value:
        """The parts side by side."""
        return self._append(Concat(tuple(parts), sum(self.ops[x].channels for x in parts)))

    def chunk(self, x: Value, parts: int) -> list[Value]:
        """The value cut into equal parts along its channels."""
        channels, rest = divmod(self.ops[x].channels, parts)
        assert rest == 0, f'{self.ops[x].channels} channels cannot be cut into {parts}'
        return [self._append(Chunk((x,), channels, i * channels)) for i in range(parts)]

    def _append(self, op: Op) -> Value:
        self.ops.append(op)
        return len(self.ops) - 1

    @property
    def stride(self) -> int:
        """Of the output, with respect to the input."""
        strides: list[int] = []
        for op in self.ops:
            before = strides[op.sources[0]] if op.sources else 1
            strides.append(before * op.stride if isinstance(op, Conv) else before)
        return strides[-1]

    def convs(self) -> list[Conv]:
        """The convolutions, in order."""
        return [op for op in self.ops if isinstance(op, Conv)]

    def conv_sides(self, side: int) -> Iterator[tuple[Conv, int]]:
        """Every convolution with its output's side, for a square input of ``side`` pixels."""
        sides: list[int] = []
        for op in self.ops:
            before = sides[op.sources[0]] if op.sources else side
            if isinstance(op, Conv):
                sides.append(-(-before // op.stride))
                yield op, sides[-1]
            else:
                sides.append(before)
