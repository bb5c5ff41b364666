"""The C2f space: YOLOv8 backbones."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks import C2f, ConvBNAct
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import Families, Space


@SPACES.register_module()
@dataclass(eq=False)
class C2fSpace(Space):
    """A stem, then a strided convolution and a C2f for every stage."""

    families: ClassVar[Families] = (ConvBNAct, C2f)
