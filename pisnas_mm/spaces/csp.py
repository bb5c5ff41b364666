"""The C2f space: YOLOv8 backbones."""

from typing import ClassVar

from pisnas_mm.blocks import C2f, ConvBNAct
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.space import Mutable, Space


@SPACES.register_module()
class C2fSpace(Space):
    """A stem, then a strided convolution and a C2f for every stage."""

    mutable: ClassVar[Mutable] = {
        ConvBNAct: ('out_channels',),
        C2f: ('out_channels', 'num_blocks', 'kernel_size'),
    }
