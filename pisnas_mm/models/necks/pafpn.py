"""A path down the pyramid and one up again (PANet, Liu et al., CVPR 2018): YOLO's necks."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn

from pisnas_mm.blocks import Block
from pisnas_mm.models.graph_block import Config, GraphBlock


class PAFPN(BaseModule):
    """Narrow, enlarge, concatenate, block; then reduce, concatenate, block; and an end for each.

    Levels are counted from the finest. A neck fills in ``down``, ``reductions`` and ``up``, one
    module for every level but the coarsest, and replaces what else it does not leave as it is:
    ``top`` of the coarsest level, ``narrow`` and ``lateral`` for every other, ``ends`` for all.

    Args:
        in_channels: Channels of the levels, finest first, each of half the size of the one before.
        out_channels: Channels of the same levels on the way out.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer.
        init_cfg: Initialisation.

    Raises:
        ValueError: ``out_channels`` are not as many as ``in_channels``.
    """

    keeps_narrow = False  # whether the way up meets levels as they were enlarged, or before that

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: Sequence[int],
        conv_cfg: Config | None,
        norm_cfg: Config | None,
        init_cfg: Config | list[Config] | None,
    ) -> None:
        super().__init__(init_cfg)
        if len(in_channels) != len(out_channels):
            raise ValueError(
                f'out_channels should be {len(in_channels)} numbers, as in_channels are, '
                f'but got {out_channels}'
            )
        self._layers = conv_cfg, norm_cfg or dict(type='BN', requires_grad=True)
        levels = len(in_channels)
        self.top: nn.Module = nn.Identity()
        self.narrow = nn.ModuleList(nn.Identity() for _ in range(levels - 1))
        self.lateral = nn.ModuleList(nn.Identity() for _ in range(levels - 1))
        self.ends = nn.ModuleList(nn.Identity() for _ in range(levels))
        self.down = self.reductions = self.up = nn.ModuleList()

    def _built(self, *specs: Block) -> nn.ModuleList:
        """The modules of blocks."""
        return nn.ModuleList(GraphBlock(spec, *self._layers) for spec in specs)

    def forward(self, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Levels (N, in_channels[i], H, W), finest first, to (N, out_channels[i], H, W)."""
        x = self.top(inputs[-1])
        kept = []
        for i in reversed(range(len(inputs) - 1)):
            narrow, side = self.narrow[i](x), self.lateral[i](inputs[i])
            kept.append(narrow if self.keeps_narrow else x)
            x = self.down[i](torch.cat([self.enlarged(i, narrow, side), side], dim=1))
        outputs = [x]
        for reduction, block in zip(self.reductions, self.up, strict=True):
            outputs.append(block(torch.cat([reduction(outputs[-1]), kept.pop()], dim=1)))
        return tuple(end(y) for end, y in zip(self.ends, outputs, strict=True))

    def enlarged(self, level: int, x: Tensor, like: Tensor) -> Tensor:
        """A level's coarser neighbour in the size that the level has."""
        return F.interpolate(x, size=like.shape[2:], mode='nearest')
