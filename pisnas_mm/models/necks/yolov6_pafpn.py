"""YOLOv6's neck, Rep-PAN (Li et al., 2022): YOLOv5's topology, of RepVGG blocks."""

from collections.abc import Sequence

from mmdet.registry import MODELS
from torch import Tensor, nn

from pisnas_mm.blocks import BepC3, Block, RepVGGStage
from pisnas_mm.models.graph_block import Config
from pisnas_mm.models.necks.yolov5_pafpn import YOLOv5PAFPN


@MODELS.register_module()
class YOLOv6PAFPN(YOLOv5PAFPN):
    """1×1, enlarge by a transposed 2×2, concatenate, blocks; then reduce, concatenate, blocks.

    Args:
        in_channels: Channels of the levels, finest first, each of half the size of the one before.
        out_channels: Channels of the same levels on the way out.
        num_blocks: RepVGG blocks after each concatenation, or pairs of them in a ``BepC3``.
        inner_width: Of a ``BepC3``, as a share of its output, as in YOLOv6-M; None is a plain row
            of RepVGG blocks, as in the smaller ones.
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
        num_blocks: int = 4,
        inner_width: float | None = None,
        act: str = 'relu',
        conv_cfg: Config | None = None,
        norm_cfg: Config | None = None,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        self.inner_width = inner_width
        super().__init__(in_channels, out_channels, num_blocks, act, conv_cfg, norm_cfg, init_cfg)
        self.transposed = nn.ModuleList(
            nn.ConvTranspose2d(channels, channels, 2, 2) for channels in out_channels[:-1]
        )

    def block(self, channels: int, to: int, num_blocks: int, act: str) -> Block:
        if self.inner_width is None:
            return RepVGGStage(channels, to, num_blocks, act=act)
        return BepC3(channels, to, int(self.inner_width * to), num_blocks, act=act)

    def enlarged(self, level: int, x: Tensor, like: Tensor) -> Tensor:
        height, width = like.shape[2:]  # one less than twice as many, where sizes are odd
        enlarged: Tensor = self.transposed[level](x)[..., :height, :width]
        return enlarged
