"""The vocabulary blocks are written in: a small graph of operations on feature maps.

A block's ``graph()`` reads like its forward pass. Everything that can be known of a block (its
params, MACs, entropies, receptive field) and the module that computes it are walks over this graph.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from pisnas_mm.blocks.walk import Walk

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
    groups: int = 1  # of channels that do not mix; as many as channels in a depthwise convolution

    @property
    def fan_in(self) -> int:
        """Products that one of its outputs is the sum of."""
        return self.in_channels // self.groups * self.kernel_size**2


@dataclass(slots=True)
class BiasedConv(Conv):
    """A convolution with a bias and no norm, as a network for deployment has it."""


@dataclass(slots=True)
class Norm(Op):
    """A batch norm on its own."""

    name: str


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
class MaxPool2x2(Op):
    """The largest of every 2×2 positions, or at the rim of odd sides of those that there are."""


@dataclass(slots=True)
class GlobalAvgPool(Op):
    """The mean over all positions: a map of 1×1."""


@dataclass(slots=True)
class Dense(Op):
    """A fully connected layer of a gate: a 1×1 convolution with bias, activation, and no norm.

    Gates choose among what the main path computes. They have params and MACs, but are no layer of
    that path and no bottleneck of information: layers and entropies are those of ``Conv`` only.
    """

    name: str
    in_channels: int
    act: str


@dataclass(slots=True)
class Multiply(Op):
    """A value times a gate (the second source, of 1×1): a factor for each channel."""

    act: str  # the gate's


@dataclass(slots=True)
class SpaceToDepth(Op):
    """2×2 positions side by side along the channels, column by column; odd sides get zeros."""


@dataclass(slots=True)
class Concat(Op):
    """Values side by side along the channels."""


@dataclass(slots=True)
class Chunk(Op):
    """Contiguous channels of a value, from ``start`` on."""

    start: int


@dataclass(slots=True)
class ChannelShuffle(Op):
    """Channels dealt out anew: all groups' first ones, then all groups' second ones, and so on."""

    groups: int


def _own(op: Any) -> int:
    return int(op.stride)


def _one(op: Op) -> int:
    return 1


# How many positions, along either axis, are one after an operation: all there is to say of shapes
# besides channels, as padding keeps the rest. What has two sources goes on from the first.
STRIDES: Walk[Callable[[Any], int]] = Walk(
    'the stride of a graph',
    {
        Input: _one,
        Conv: _own,
        BiasedConv: _own,
        Norm: _one,
        Act: _one,
        Add: _one,
        MaxPool: _one,
        MaxPool2x2: lambda op: 2,
        GlobalAvgPool: lambda op: 1 << 30,  # whatever the side was, 1 is left of it
        Dense: _one,
        Multiply: _one,
        SpaceToDepth: lambda op: 2,
        Concat: _one,
        Chunk: _one,
        ChannelShuffle: _one,
    },
)


WEIGHTLESS = (
    *(Input, Act, Add, MaxPool, MaxPool2x2, GlobalAvgPool),
    *(Multiply, SpaceToDepth, Concat, Chunk, ChannelShuffle),
)
"""What has nothing to learn, and neither params nor MACs nor a layer for it."""


@dataclass(eq=False)  # one may be a key of what is known of it
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
        groups: int = 1,
    ) -> Value:
        """Convolution, norm and, unless ``linear``, the activation; ``name`` keys its weights."""
        act = None if linear else self.act
        channels = self.ops[x].channels
        return self._append(
            Conv((x,), out_channels, name, channels, kernel_size, stride, act, released, groups)
        )

    def depthwise(
        self, name: str, x: Value, kernel_size: int, stride: int = 1, *, linear: bool = False
    ) -> Value:
        """A convolution, like ``conv``, in which every channel keeps to itself."""
        channels = self.ops[x].channels
        return self.conv(name, x, channels, kernel_size, stride, linear=linear, groups=channels)

    def global_avg_pool(self, x: Value) -> Value:
        """The mean over all positions, where a gate begins."""
        return self._append(GlobalAvgPool((x,), self.ops[x].channels))

    def dense(self, name: str, x: Value, out_channels: int, act: str) -> Value:
        """A gate's fully connected layer; ``name`` keys its weights."""
        assert isinstance(self.ops[x], GlobalAvgPool | Dense), 'a gate is of 1×1'
        return self._append(Dense((x,), out_channels, name, self.ops[x].channels, act))

    def multiply(self, x: Value, gate: Value) -> Value:
        """The value times what a gate's last ``dense`` gives."""
        last = self.ops[gate]
        assert isinstance(last, Dense), 'a gate ends in a fully connected layer'
        assert last.channels == self.ops[x].channels, 'a gate has a factor per channel'
        return self._append(Multiply((x, gate), last.channels, last.act))

    def space_to_depth(self, x: Value) -> Value:
        """Half the side, rounded up, and four times the channels."""
        return self._append(SpaceToDepth((x,), 4 * self.ops[x].channels))

    def norm(self, name: str, x: Value) -> Value:
        """A norm without convolution and activation; ``name`` keys its weights."""
        return self._append(Norm((x,), self.ops[x].channels, name))

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

    def max_pool_2x2(self, x: Value) -> Value:
        """The largest of every 2×2 positions: half the side, rounded up."""
        return self._append(MaxPool2x2((x,), self.ops[x].channels))

    def concat(self, parts: Sequence[Value]) -> Value:
        """The parts side by side."""
        return self._append(Concat(tuple(parts), sum(self.ops[x].channels for x in parts)))

    def chunk(self, x: Value, parts: int) -> list[Value]:
        """The value cut into equal parts along its channels."""
        channels, rest = divmod(self.ops[x].channels, parts)
        assert rest == 0, f'{self.ops[x].channels} channels cannot be cut into {parts}'
        return [self._append(Chunk((x,), channels, i * channels)) for i in range(parts)]

    def channel_shuffle(self, x: Value, groups: int) -> Value:
        """All groups' first channels, then all second ones, and so on, so that groups mix."""
        channels = self.ops[x].channels
        assert channels % groups == 0, f'{channels} channels are no {groups} equal groups'
        return self._append(ChannelShuffle((x,), channels, groups))

    def _append(self, op: Op) -> Value:
        self.ops.append(op)
        return len(self.ops) - 1

    @cached_property
    def strides(self) -> list[int]:
        """Of every value, with respect to the input. Asked for when the graph is complete."""
        strides: list[int] = []
        for op in self.ops:
            before = strides[op.sources[0]] if op.sources else 1
            strides.append(before * STRIDES[type(op)](op))
        return strides

    @property
    def stride(self) -> int:
        """Of the output, with respect to the input."""
        return self.strides[-1]

    def sides(self, side: int) -> list[int]:
        """The side of every value, for a square input of ``side`` pixels."""
        return [-(-side // stride) for stride in self.strides]

    def convs(self) -> list[Conv]:
        """The convolutions, in order; those of gates are not among them."""
        return [op for op in self.ops if isinstance(op, Conv)]

    def conv_sides(self, side: int) -> Iterator[tuple[Conv, int]]:
        """Every convolution with its output's side, for a square input of ``side`` pixels."""
        sides = zip(self.ops, self.sides(side), strict=True)
        return ((op, out) for op, out in sides if isinstance(op, Conv))
