"""YOLOv7's neck (Wang et al., CVPR 2023): pyramid pooling, and two paths of ELANs."""

from collections.abc import Sequence
from itertools import pairwise

from mmdet.registry import MODELS

from pisnas_mm.blocks import ELANW, SPPCSPC, Block, ConvBNAct, MaxPoolTransition, RepVGGBlock
from pisnas_mm.models.graph_block import Config
from pisnas_mm.models.necks.pafpn import PAFPN


@MODELS.register_module()
class YOLOv7PAFPN(PAFPN):
    """1×1, enlarge, concatenate, ELAN; then reduce, concatenate, ELAN; RepVGG blocks at the ends.

    Args:
        in_channels: Channels of the levels, finest first, each of half the size of the one before.
        out_channels: Channels of the same levels on the way out: all even.
        tiny: Whether it is YOLOv7-tiny's: slim pooling, shorter ELANs, reductions by a strided 3×3
            only, and plain convolutions at the ends.
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
        tiny: bool = False,
        act: str = 'silu',
        conv_cfg: Config | None = None,
        norm_cfg: Config | None = None,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(in_channels, out_channels, conv_cfg, norm_cfg, init_cfg)
        widths = [channels // 2 for channels in out_channels]  # the ends double them

        def elan(width: int) -> Block:
            chain, expansion = (2, 1) if tiny else (4, 2)
            return ELANW(2 * width, width, num_blocks=chain, expansion=expansion, act=act)

        def reduction(width: int, to: int) -> Block:
            if tiny:
                return ConvBNAct(width, to, stride=2, act=act)
            return MaxPoolTransition(width, to, act=act)

        end = ConvBNAct if tiny else RepVGGBlock
        (self.top,) = self._built(SPPCSPC(in_channels[-1], widths[-1], slim=tiny, act=act))
        self.narrow = self._built(
            *(ConvBNAct(above, to, 1, act=act) for to, above in pairwise(widths))
        )
        self.lateral = self._built(
            *(ConvBNAct(x, to, 1, act=act) for x, to in zip(in_channels, widths[:-1], strict=False))
        )
        self.down = self._built(*(elan(width) for width in widths[:-1]))
        self.reductions = self._built(*(reduction(width, to) for width, to in pairwise(widths)))
        self.up = self._built(*(elan(width) for width in widths[1:]))
        self.ends = self._built(*(end(width, 2 * width, act=act) for width in widths))
