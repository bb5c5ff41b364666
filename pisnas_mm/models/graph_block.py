"""The module of any block: its graph, made of mmcv's ConvModules and run as it stands."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule, build_norm_layer
from torch import Tensor, nn

from pisnas_mm.blocks import Block
from pisnas_mm.blocks.graph import (
    Act,
    Add,
    Chunk,
    Concat,
    Conv,
    Dense,
    GlobalAvgPool,
    Input,
    MaxPool,
    Multiply,
    Norm,
    Op,
    SpaceToDepth,
)
from pisnas_mm.models.fuse import Merged, merged

Config = Mapping[str, Any]

_LAYERS = {'relu': 'ReLU', 'silu': 'SiLU', 'gelu': 'GELU', 'hardswish': 'HSwish'}
_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    'relu': F.relu,
    'silu': F.silu,
    'gelu': F.gelu,
    'hardswish': F.hardswish,
    'sigmoid': torch.sigmoid,
    'hardsigmoid': F.hardsigmoid,
}


class GraphBlock(nn.Module):
    """Runs a block's graph. Its weights carry the names that the graph gives its convolutions.

    Args:
        block: The block's spec.
        conv_cfg: Convolution layer, as for mmcv's ConvModule; None is the plain one.
        norm_cfg: Norm layer, likewise.
        deploy: Whether branches side by side are one convolution: see ``fuse``.
    """

    def __init__(
        self, block: Block, conv_cfg: Config | None, norm_cfg: Config, deploy: bool = False
    ) -> None:
        super().__init__()
        self._made_of = block, conv_cfg, norm_cfg
        self.ops = merged(block.graph().ops) if deploy else block.graph().ops
        last_uses = {source: i for i, op in enumerate(self.ops) for source in op.sources}
        self._spent = [
            [s for s, last in last_uses.items() if last == i] for i in range(len(self.ops))
        ]
        for op in self.ops:
            if isinstance(op, Merged):
                self._add(op.name, _biased(op))
            elif isinstance(op, Conv):
                self._add(op.name, _conv_module(op, conv_cfg, norm_cfg))
            elif isinstance(op, Norm):
                self._add(op.name, build_norm_layer(norm_cfg, op.channels)[1])
            elif isinstance(op, Dense):
                self._add(op.name, nn.Conv2d(op.in_channels, op.channels, 1))

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
        sums = [[self.ops[i] for i in op.sources] for op in self.ops if isinstance(op, Add)]
        return [
            self.get_submodule(end.name).norm
            for shortcut, end in sums
            if isinstance(end, Conv)
            and end.act is None
            and not isinstance(end, Merged)
            and not (isinstance(shortcut, Conv) and shortcut.sources == end.sources)
        ]

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉)."""
        values: dict[int, Tensor] = {}
        for i, op in enumerate(self.ops):
            values[i] = self._run(op, [values[j] for j in op.sources] or [x])
            for j in self._spent[i]:
                del values[j]
        return values[len(self.ops) - 1]

    def _run(self, op: Op, sources: list[Tensor]) -> Tensor:
        x = sources[0]
        match op:
            case Input():
                return x
            case Conv() | Norm():
                return self.get_submodule(op.name)(x)
            case Act():
                return _FUNCTIONS[op.act](x)
            case Add():
                return x + sources[1]
            case GlobalAvgPool():
                return F.adaptive_avg_pool2d(x, 1)
            case Dense():
                return _FUNCTIONS[op.act](self.get_submodule(op.name)(x))
            case Multiply():
                return x * sources[1]
            case SpaceToDepth():
                return _space_to_depth(x)
            case MaxPool():
                return F.max_pool2d(x, op.kernel_size, stride=1, padding=op.kernel_size // 2)
            case Concat():
                return torch.cat(sources, dim=1)
            case Chunk():
                return x[:, op.start : op.start + op.channels]
        raise NotImplementedError(f'{type(op).__name__} has no module')


def _conv_module(op: Conv, conv_cfg: Config | None, norm_cfg: Config) -> ConvModule:
    return ConvModule(
        op.in_channels,
        op.channels,
        op.kernel_size,
        stride=op.stride,
        padding=op.kernel_size // 2,
        groups=op.groups,
        conv_cfg=conv_cfg,
        norm_cfg=norm_cfg,
        act_cfg=dict(type=_LAYERS[op.act]) if op.act else None,
    )


def _biased(op: Merged) -> nn.Conv2d:
    padding = op.kernel_size // 2
    return nn.Conv2d(op.in_channels, op.channels, op.kernel_size, op.stride, padding)


def _space_to_depth(x: Tensor) -> Tensor:
    """(N, C, H, W) to (N, 4 C, ⌈H / 2⌉, ⌈W / 2⌉): top left, bottom left, top and bottom right."""
    height, width = x.shape[2:]
    x = F.pad(x, (0, width % 2, 0, height % 2))
    return torch.cat([x[..., i::2, j::2] for j in (0, 1) for i in (0, 1)], dim=1)
