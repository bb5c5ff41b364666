"""The module of any block: its graph, made of mmcv's ConvModules and run as it stands."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule, build_norm_layer
from torch import Tensor, nn

from pisnas_mm.blocks import Block
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.block import LEAK
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.blocks.rewriting import merged
from pisnas_mm.blocks.walk import Walk

Config = Mapping[str, Any]

ACT_LAYERS: dict[str, Config] = {
    'relu': dict(type='ReLU'),
    'silu': dict(type='SiLU'),
    'gelu': dict(type='GELU'),
    'hardswish': dict(type='HSwish'),
    'leaky_relu': dict(type='LeakyReLU', negative_slope=LEAK),
}
_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    'relu': F.relu,
    'silu': F.silu,
    'gelu': F.gelu,
    'hardswish': F.hardswish,
    'leaky_relu': partial(F.leaky_relu, negative_slope=LEAK),
    'sigmoid': torch.sigmoid,
    'hardsigmoid': F.hardsigmoid,
}


def _no_layer(op: ops.Op, conv_cfg: Config | None, norm_cfg: Config) -> None:
    return None


def _conv_module(op: ops.Conv, conv_cfg: Config | None, norm_cfg: Config) -> nn.Module:
    return ConvModule(
        op.in_channels,
        op.channels,
        op.kernel_size,
        stride=op.stride,
        padding=op.kernel_size // 2,
        groups=op.groups,
        conv_cfg=conv_cfg,
        norm_cfg=norm_cfg,
        act_cfg=dict(ACT_LAYERS[op.act]) if op.act else None,
    )


def _biased(op: ops.BiasedConv, conv_cfg: Config | None, norm_cfg: Config) -> nn.Module:
    padding = op.kernel_size // 2
    return nn.Conv2d(op.in_channels, op.channels, op.kernel_size, op.stride, padding)


def _norm(op: ops.Norm, conv_cfg: Config | None, norm_cfg: Config) -> nn.Module:
    layer: nn.Module = build_norm_layer(norm_cfg, op.channels)[1]
    return layer


def _dense(op: ops.Dense, conv_cfg: Config | None, norm_cfg: Config) -> nn.Module:
    return nn.Conv2d(op.in_channels, op.channels, 1)


# The layer of an operation, if it has weights. It is kept under the operation's name.
LAYERS: Walk[Callable[[Any, Config | None, Config], nn.Module | None]] = Walk(
    "a block's module",
    {
        ops.Conv: _conv_module,
        ops.BiasedConv: _biased,
        ops.Norm: _norm,
        ops.Dense: _dense,
        **dict.fromkeys(ops.WEIGHTLESS, _no_layer),
    },
)


def _layer(block: nn.Module, op: Any, x: Tensor) -> Tensor:
    output: Tensor = block.get_submodule(op.name)(x)
    return output


def _activated(block: nn.Module, op: ops.Act, x: Tensor) -> Tensor:
    return _FUNCTIONS[op.act](x)


def _sum(block: nn.Module, op: ops.Add, x: Tensor, y: Tensor) -> Tensor:
    return x + y


def _max_pool(block: nn.Module, op: ops.MaxPool, x: Tensor) -> Tensor:
    return F.max_pool2d(x, op.kernel_size, stride=1, padding=op.kernel_size // 2)


def _max_pool_2x2(block: nn.Module, op: ops.MaxPool2x2, x: Tensor) -> Tensor:
    return F.max_pool2d(x, 2, ceil_mode=True)


def _mean(block: nn.Module, op: ops.GlobalAvgPool, x: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(x, 1)


def _gate(block: nn.Module, op: ops.Dense, x: Tensor) -> Tensor:
    return _FUNCTIONS[op.act](_layer(block, op, x))


def _product(block: nn.Module, op: ops.Multiply, x: Tensor, gate: Tensor) -> Tensor:
    return x * gate


def _space_to_depth(block: nn.Module, op: ops.SpaceToDepth, x: Tensor) -> Tensor:
    """(N, C, H, W) to (N, 4 C, ⌈H / 2⌉, ⌈W / 2⌉): top left, bottom left, top and bottom right."""
    height, width = x.shape[2:]
    x = F.pad(x, (0, width % 2, 0, height % 2))
    return torch.cat([x[..., i::2, j::2] for j in (0, 1) for i in (0, 1)], dim=1)


def _concat(block: nn.Module, op: ops.Concat, *parts: Tensor) -> Tensor:
    return torch.cat(parts, dim=1)


def _chunk(block: nn.Module, op: ops.Chunk, x: Tensor) -> Tensor:
    return x[:, op.start : op.start + op.channels]


def _channel_shuffle(block: nn.Module, op: ops.ChannelShuffle, x: Tensor) -> Tensor:
    """(N, C, H, W): channel j of group i becomes channel i of all j's."""
    n, channels, height, width = x.shape
    grouped = x.reshape(n, op.groups, channels // op.groups, height, width)
    return grouped.transpose(1, 2).flatten(1, 2)


def unchanged(block: nn.Module, op: ops.Op, x: Tensor) -> Tensor:
    """The value that an operation is given."""
    return x


Run = Callable[..., Tensor]
"""Of a module, an operation of its graph and the operation's sources (a block's input: of that)."""

RUN: Walk[Run] = Walk(
    "a block's forward pass",
    {
        ops.Input: unchanged,
        ops.Conv: _layer,
        ops.BiasedConv: _layer,
        ops.Norm: _layer,
        ops.Act: _activated,
        ops.Add: _sum,
        ops.MaxPool: _max_pool,
        ops.MaxPool2x2: _max_pool_2x2,
        ops.GlobalAvgPool: _mean,
        ops.Dense: _gate,
        ops.Multiply: _product,
        ops.SpaceToDepth: _space_to_depth,
        ops.Concat: _concat,
        ops.Chunk: _chunk,
        ops.ChannelShuffle: _channel_shuffle,
    },
)


class GraphBlock(nn.Module):
    """Runs a block's graph. Its weights carry the names that the graph gives its convolutions.

    Args:
        block: The block's spec.
        conv_cfg: Convolution layer, as for mmcv's ConvModule; None is the plain one.
        norm_cfg: Norm layer, likewise.
        deploy: Whether branches side by side are one convolution: see ``fuse``.

    Raises:
        ValueError: There is no rule for one of the block's operations.
    """

    run: ClassVar[Walk[Run]] = RUN

    def __init__(
        self, block: Block, conv_cfg: Config | None, norm_cfg: Config, deploy: bool = False
    ) -> None:
        super().__init__()
        self._made_of = block, conv_cfg, norm_cfg
        self.graph = self._graph_of(block, deploy)
        drawn = self.graph.ops
        last_uses = {source: i for i, op in enumerate(drawn) for source in op.sources}
        self._spent = [[s for s, last in last_uses.items() if last == i] for i in range(len(drawn))]
        self._rules = [self.run[type(op)] for op in drawn]
        for op in drawn:
            layer = LAYERS[type(op)](op, conv_cfg, norm_cfg)
            if layer is not None:
                self._add(op.name, layer)  # type: ignore[attr-defined]

    def _graph_of(self, block: Block, deploy: bool) -> Graph:
        return merged(block.graph()) if deploy else block.graph()

    def _add(self, dotted_name: str, layer: nn.Module) -> None:
        """Add a layer under its dotted name."""
        *path, name = dotted_name.split('.')
        parent: nn.Module = self
        for part in path:
            if not hasattr(parent, part):
                parent.add_module(part, nn.Module())
            parent = getattr(parent, part)
        parent.add_module(name, layer)

    def deployed(self) -> 'GraphBlock':
        """A block of the same spec in its deployed form, whose weights are still random."""
        return GraphBlock(*self._made_of, deploy=True)

    def residual_norms(self) -> list[Any]:
        """Norms at the end of residual branches; at weight 0 the block starts as its shortcut.

        Branches side by side, convolutions of one value, are none: no block starts without them.
        """
        drawn = self.graph.ops
        sums = [[drawn[i] for i in op.sources] for op in drawn if isinstance(op, ops.Add)]
        return [
            self.get_submodule(end.name).norm
            for shortcut, end in sums
            if type(end) is ops.Conv
            and end.act is None
            and not (isinstance(shortcut, ops.Conv) and shortcut.sources == end.sources)
        ]

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉)."""
        values: dict[int, Tensor] = {}
        for i, (op, rule) in enumerate(zip(self.graph.ops, self._rules, strict=True)):
            values[i] = rule(self, op, *([values[j] for j in op.sources] or [x]))
            for j in self._spent[i]:
                del values[j]
        return values[len(self._rules) - 1]
