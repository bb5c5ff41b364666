"""The residual space: ResNet-like backbones."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks import BasicStage, BottleneckStage, ConvBNAct, PointwiseBasicStage
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import Families, Space


@SPACES.register_module()
@dataclass(eq=False, kw_only=True)
class ResidualSpace(Space):
    """A stem of convolutions, and runs of residual blocks, at most four times wider at each.

    Its limits are those of the released code; published architectures beyond them are seeds where
    ``monotone_widths``, ``max_channels`` and ``channel_step`` say so.
    """

    families: ClassVar[Families] = (ConvBNAct, BottleneckStage, BasicStage, PointwiseBasicStage)

    max_stem_channels: int | None = 32
    max_expansion: int | None = 4
    max_first_depth: int | None = 3
