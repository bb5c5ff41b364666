"""YOLOv8's neck: a path down the pyramid and one up again (PANet, Liu et al., CVPR 2018) of C2f."""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from pisnas_mm.blocks import ConvBNAct, PlainC2f
from pisnas_mm.models.graph_block import Config, GraphBlock


@MODELS.register_module()
class YOLOv8PAFPN(BaseModule):
    """Enlarge, concatenate, C2f; then reduce by a strided 3×3 convolution, concatenate, C2f.

    Args:
        in_channels: Channels of the levels, finest first, each of half the size of the one before.
        out_channels: Channels of the same levels on the way out.
        num_blocks: Inner blocks of every C2f; they have no shortcuts.
        act: Activation of every convolution.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer.
        init_cfg: Initialisation.

    Raises:
        ValueError: ``out_channels`` are not as many as ``in_channels``.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: Sequence[int],
        num_blocks: int = 1,
        act: str = 'silu',
        conv_cfg: Config | None = None,
        norm_cfg: Config | None = None,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if len(in_channels) != len(out_channels):
            raise ValueError(
                f'out_channels should be {len(in_channels)} numbers, as in_channels are, '
                f'but got {out_channels}'
            )
        norm_cfg = norm_cfg or dict(type='BN', requires_grad=True)

        def c2f(channels: int, to: int) -> GraphBlock:
            return GraphBlock(PlainC2f(channels, to, num_blocks, act=act), conv_cfg, norm_cfg)

        def reduction(channels: int) -> GraphBlock:
            spec = ConvBNAct(channels, channels, stride=2, act=act)
            return GraphBlock(spec, conv_cfg, norm_cfg)

        middle = [*out_channels[:-1], in_channels[-1]]  # the coarsest level turns round as it is
        fine_to_coarse = [*zip(in_channels, pairwise(middle), strict=False)]
        self.down = nn.ModuleList(c2f(x + below, to) for x, (to, below) in fine_to_coarse)
        self.reductions = nn.ModuleList(reduction(channels) for channels in out_channels[:-1])
        self.up = nn.ModuleList(
            c2f(above + x, to)
            for above, x, to in zip(out_channels, middle[1:], out_channels[1:], strict=False)
        )

    def forward(self, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Levels (N, in_channels[i], H, W), finest first, to (N, out_channels[i], H, W)."""
        middle = [inputs[-1]]
        for x, c2f in zip(reversed(inputs[:-1]), reversed(self.down), strict=True):
            enlarged = F.interpolate(middle[-1], size=x.shape[2:], mode='nearest')
            middle.append(c2f(torch.cat([enlarged, x], dim=1)))
        outputs = [middle.pop()]
        for reduction, c2f in zip(self.reductions, self.up, strict=True):
            outputs.append(c2f(torch.cat([reduction(outputs[-1]), middle.pop()], dim=1)))
        return tuple(outputs)
