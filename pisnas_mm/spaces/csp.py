"""The spaces of cross-stage blocks: YOLOv8's backbones, and YOLOv5's."""

from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks import C3, C2f, ConvBNAct, Focus
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import Families, Space


@SPACES.register_module()
@dataclass(eq=False)
class C2fSpace(Space):
    """A stem, then a strided convolution and a C2f for every stage."""

    families: ClassVar[Families] = (ConvBNAct, C2f)


@SPACES.register_module()
@dataclass(eq=False)
class C3Space(Space):
    """A stem, then a strided convolution and a C3 for every stage."""

    families: ClassVar[Families] = (Focus, ConvBNAct, C3)
