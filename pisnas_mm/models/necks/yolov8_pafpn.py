"""YOLOv8's neck: a path down the pyramid and one up again, of C2f."""

from collections.abc import Sequence
from itertools import pairwise

from mmdet.registry import MODELS

from pisnas_mm.blocks import ConvBNAct, PlainC2f
from pisnas_mm.models.graph_block import Config
from pisnas_mm.models.necks.pafpn import PAFPN


@MODELS.register_module()
class YOLOv8PAFPN(PAFPN):
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
        super().__init__(in_channels, out_channels, conv_cfg, norm_cfg, init_cfg)
        middle = [*out_channels[:-1], in_channels[-1]]  # the coarsest level turns round as it is
        self.down = self._built(
            *(
                PlainC2f(x + below, to, num_blocks, act=act)
                for x, (to, below) in zip(in_channels, pairwise(middle), strict=False)
            )
        )
        self.reductions = self._built(
            *(ConvBNAct(channels, channels, stride=2, act=act) for channels in out_channels[:-1])
        )
        self.up = self._built(
            *(
                PlainC2f(above + x, to, num_blocks, act=act)
                for above, x, to in zip(out_channels, middle[1:], out_channels[1:], strict=False)
            )
        )
