"""SpineNet: a backbone whose blocks have no order of scales, and which needs no neck.

Source: SpineNet (Du et al., CVPR 2020). The blocks, who their parents are, and the sizes of the
family are those of the authors' code (tensorflow/tpu). Its connections go from coarse to fine and
back, so that it is no chain of blocks; the blocks themselves are those of searches.
"""

from typing import Any, NamedTuple

import torch.nn.functional as F
from mmcv.cnn import ConvModule
from mmcv.cnn.bricks.drop import drop_path
from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from pisnas_mm.blocks import BasicStage, Block, ResNeXtStage
from pisnas_mm.blocks.block import ACTIVATIONS
from pisnas_mm.blocks.graph import Add
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.checks import check_one_of
from pisnas_mm.models.graph_block import ACT_LAYERS, RUN, Config, GraphBlock


class Node(NamedTuple):
    """A block of the network: its level (stride 2^level), its two parents, and what it is.

    Parents are numbered from the stem's two blocks, 0 and 1, on. An output takes in, beside them,
    blocks of its own shape that nobody else reads.
    """

    level: int
    parents: tuple[int, int]
    bottleneck: bool = True
    output: bool = False
    extra: int | None = None  # the block that nobody else reads


STEM = (Node(2, (0, 0)), Node(2, (0, 0)))
NODES = (
    Node(2, (0, 1)),
    Node(4, (0, 1), bottleneck=False),
    Node(3, (2, 3)),
    Node(4, (2, 4)),
    Node(6, (3, 5), bottleneck=False),
    Node(4, (3, 5)),
    Node(5, (6, 7), bottleneck=False),
    Node(7, (6, 8), bottleneck=False),
    Node(5, (8, 9)),
    Node(5, (8, 10)),
    Node(4, (5, 10), output=True),
    Node(3, (4, 10), output=True),
    Node(5, (7, 12), output=True, extra=11),
    Node(7, (5, 14), output=True),
    Node(6, (12, 14), output=True),
)
WIDTHS = {2: 64, 3: 128, 4: 256, 5: 256, 6: 256, 7: 256}
"""Inner widths of the blocks by level; a bottleneck gives four times as many channels."""


class Size(NamedTuple):
    """A member of the family."""

    width: float  # factor of all widths but the stem's convolution
    depth: int  # times that every block is repeated
    resampling: float  # inner width of connections over that of the block that they come from
    out_channels: int


SIZES = {
    '49S': Size(0.65, 1, 0.5, 128),
    '49': Size(1.0, 1, 0.5, 256),
    '96': Size(1.0, 2, 0.5, 256),
    '143': Size(1.0, 3, 1.0, 256),
    '190': Size(1.3, 4, 1.0, 512),
}


def _dropped_sum(block: 'DroppingBlock', op: Add, x: Tensor, y: Tensor) -> Tensor:
    return x + drop_path(y, block.drop_prob, block.training)


class DroppingBlock(GraphBlock):
    """Leaves residual branches out at random while it trains: stochastic depth."""

    drop_prob = 0.0
    run = Walk('a block of stochastic depth', RUN | {Add: _dropped_sum})


class Connection(nn.Module):
    """Takes a block's output to another level: 1×1, then up or down, then 1×1 to its channels.

    Down is a strided 3×3 first, and 3×3 max-pools for all further levels.
    """

    def __init__(
        self, in_channels: int, inner: int, out_channels: int, levels: int, layers: Config
    ) -> None:
        super().__init__()
        self.levels = levels
        self.squeeze = ConvModule(in_channels, inner, 1, **layers)
        if levels > 0:
            self.down = ConvModule(inner, inner, 3, stride=2, padding=1, **layers)
        self.expand = ConvModule(inner, out_channels, 1, **{**layers, 'act_cfg': None})

    def forward(self, x: Tensor, shape: tuple[int, int]) -> Tensor:
        """(N, in_channels, h, w) to (N, out_channels, *shape)."""
        x = self.squeeze(x)
        if self.levels > 0:
            x = self.down(x)
            for _ in range(self.levels - 1):
                x = F.max_pool2d(x, 3, stride=2, padding=1)
        elif self.levels < 0:
            x = F.interpolate(x, size=shape, mode='nearest')
        expanded: Tensor = self.expand(x)
        return expanded


@MODELS.register_module()
class SpineNet(BaseModule):
    """SpineNet-49S, 49, 96, 143 or 190, with a pyramid of strides 8 to 128 as its outputs.

    ``out_channels`` and ``out_strides`` are those of the outputs.

    Args:
        size: ``'49S'``, ``'49'``, ``'96'``, ``'143'`` or ``'190'``.
        act: Activation: ``'relu'``, or ``'silu'`` (Swish) as in the authors' protocol C.
        drop_prob: Chance that a training step leaves out the last block's residual branches; that
            of the blocks before it rises linearly to it. Protocol C has 0.2.
        norm_cfg: Norm layer.
        zero_init_residual: Whether residual blocks start as their shortcuts.
        init_cfg: Initialisation, for example ``dict(type='Pretrained', checkpoint=...)``.

    Raises:
        ValueError: There is no such size or activation, or the chance is none.
    """

    def __init__(
        self,
        size: str = '49',
        act: str = 'relu',
        drop_prob: float = 0.0,
        norm_cfg: Config | None = None,
        zero_init_residual: bool = True,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(
            init_cfg
            or [
                dict(type='Kaiming', layer='Conv2d'),
                dict(type='Constant', val=1, layer='_BatchNorm'),
            ]
        )
        check_one_of(size, 'size', tuple(SIZES))
        check_one_of(act, 'act', ACTIVATIONS)
        if not 0 <= drop_prob < 1:
            raise ValueError(f'drop_prob should be from 0 to below 1, but got {drop_prob}')
        width, depth, resampling, out_channels = SIZES[size]
        self.zero_init_residual = zero_init_residual
        norm_cfg = norm_cfg or dict(type='BN', eps=1e-3, momentum=0.01, requires_grad=True)
        layers = dict(norm_cfg=norm_cfg, act_cfg=dict(ACT_LAYERS[act]))
        inner = {level: int(wide * width) for level, wide in WIDTHS.items()}

        def block(node: Node, in_channels: int | None = None) -> DroppingBlock:
            return DroppingBlock(_block(node, inner, depth, act, in_channels), None, norm_cfg)

        self.stem = ConvModule(3, 64, 7, stride=2, padding=3, **layers)
        nodes = (*STEM, *NODES)
        channels = [_channels(node, inner) for node in nodes]
        self.blocks = nn.ModuleList(
            [block(STEM[0], in_channels=64), block(STEM[1]), *map(block, NODES)]
        )
        dropping: Any = self.blocks[len(STEM) :]
        for i, made in enumerate(dropping, start=1):
            made.drop_prob = drop_prob * i / len(NODES)
        self.connections = nn.ModuleList(
            nn.ModuleList(
                Connection(
                    channels[i],
                    int(inner[nodes[i].level] * resampling),
                    _channels(node, inner),
                    node.level - nodes[i].level,
                    layers,
                )
                for i in node.parents
            )
            for node in NODES
        )
        outputs = [(node.level, i) for i, node in enumerate(nodes) if node.output]
        self._outputs = [i for _, i in sorted(outputs)]
        self.endpoints = nn.ModuleList(
            ConvModule(channels[i], out_channels, 1, **layers) for i in self._outputs
        )
        self.out_channels = (out_channels,) * len(outputs)
        self.out_strides = tuple(2**level for level, _ in sorted(outputs))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """(N, 3, H, W) to the outputs, of ⌈H / 8⌉ to ⌈H / 128⌉ rows."""
        height, width = x.shape[2:]
        act = self.stem.activate
        x = F.max_pool2d(self.stem(x), 3, stride=2, padding=1)
        values = [self.blocks[0](x)]
        values.append(self.blocks[1](values[0]))
        connections: Any = self.connections  # lists of modules, one a node
        for node, block, ways in zip(NODES, self.blocks[2:], connections, strict=True):
            shape = -(-height // 2**node.level), -(-width // 2**node.level)
            terms = [way(values[i], shape) for way, i in zip(ways, node.parents, strict=True)]
            if node.extra is not None:
                terms.append(values[node.extra])
            values.append(block(act(sum(terms))))
        return tuple(end(values[i]) for end, i in zip(self.endpoints, self._outputs, strict=True))

    def init_weights(self) -> None:
        """Initialise as ``init_cfg`` says; residual branches end in zero unless pretrained."""
        again = self.is_init
        super().init_weights()
        cfgs = [self.init_cfg] if isinstance(self.init_cfg, dict) else self.init_cfg
        if self.zero_init_residual and not again and 'Pretrained' not in [c['type'] for c in cfgs]:
            blocks: Any = self.blocks
            for block in blocks:
                for norm in block.residual_norms():
                    nn.init.zeros_(norm.weight)


def _channels(node: Node, inner: dict[int, int]) -> int:
    return inner[node.level] * (4 if node.bottleneck else 1)


def _block(
    node: Node, inner: dict[int, int], depth: int, act: str, in_channels: int | None
) -> Block:
    """Its input has the output's channels but in the stem."""
    channels, wide = _channels(node, inner), inner[node.level]
    taken = in_channels or channels
    if node.bottleneck:
        return ResNeXtStage(taken, channels, wide, depth, groups=1, act=act)
    return BasicStage(taken, channels, wide, depth, act=act)
