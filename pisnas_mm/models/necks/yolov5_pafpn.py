"""YOLOv5's neck: a path down the pyramid and one up again, of C3, narrowed on the way down."""

from collections.abc import Sequence
from itertools import pairwise

from mmdet.registry import MODELS

from pisnas_mm.blocks import Block, ConvBNAct, PlainC3
from pisnas_mm.models.graph_block import Config
from pisnas_mm.models.necks.pafpn import PAFPN


@MODELS.register_module()
class YOLOv5PAFPN(PAFPN):
    """1×1, enlarge, concatenate, C3; then reduce by a strided 3×3, concatenate, C3.

    Args:
        in_channels: Channels of the levels, finest first, each of half the size of the one before.
        out_channels: Channels of the same levels on the way out.
        num_blocks: Inner blocks of every C3; they have no shortcuts.
        act: Activation of every convolution.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer.
        init_cfg: Initialisation.

    Raises:
        ValueError: ``out_channels`` are not as many as ``in_channels``.
    """

    keeps_narrow = True

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
        super().__init__(in_channels, out_channels, conv_cfg, norm_cfg, init_cfg)
        from_above = [*out_channels[1:-1], in_channels[-1]]
        self.narrow = self._built(
            *(ConvBNAct(x, to, 1, act=act) for x, to in zip(from_above, out_channels, strict=False))
        )
        self.down = self._built(
            *(
                self.block(to + x, to, num_blocks, act)
                for x, to in zip(in_channels, out_channels[:-1], strict=False)
            )
        )
        self.reductions = self._built(
            *(ConvBNAct(channels, channels, stride=2, act=act) for channels in out_channels[:-1])
        )
        self.up = self._built(
            *(self.block(2 * x, to, num_blocks, act) for x, to in pairwise(out_channels))
        )

    def block(self, channels: int, to: int, num_blocks: int, act: str) -> Block:
        """What follows a concatenation."""
        return PlainC3(channels, to, num_blocks, act=act)
