"""The C2f space: YOLOv8 backbones."""

from typing import ClassVar

from pisnas_mm.blocks import Block, C2f, ConvBNAct
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import Space


@SPACES.register_module()
class C2fSpace(Space):
    """A stem, then a strided convolution and a C2f for every stage."""

    families: ClassVar[tuple[type[Block], ...]] = (ConvBNAct, C2f)
