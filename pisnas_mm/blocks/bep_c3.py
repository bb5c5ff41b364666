"""YOLOv6's cross-stage block of its medium and large models (Li et al., 2022)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pisnas_mm.blocks.block import Block, check_field
from pisnas_mm.blocks.fields import Choice, Depth, InnerWidth, Kernel, Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.blocks.repvgg import branches
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class BepC3(Block):
    """Two 1×1, ``num_blocks`` residual pairs of k×k on one of them, concat, 1×1.

    With ``branched`` each k×k is a RepVGG block, as in YOLOv6-M; YOLOv6-L has plain convolutions.
    No activation follows a sum. (YOLOv6 learns a factor for every shortcut, which starts at one.)

    ``mid_channels``, the width of all but the output, of 0 are half of ``out_channels``.
    """

    in_channels: int
    out_channels: Width
    mid_channels: InnerWidth = 0
    num_blocks: Depth = 1
    kernel_size: Kernel = 3
    branched: Annotated[bool, Choice(False, True)] = True
    act: str = 'relu'

    choices: ClassVar[Mapping[str, tuple[object, ...]]] = {'branched': (False, True)}

    def __post_init__(self) -> None:
        if self.mid_channels == 0:
            check_field(self, 'out_channels')
            object.__setattr__(self, 'mid_channels', max(1, self.out_channels // 2))
        super().__post_init__()

    def graph(self) -> Graph:
        width, kernel_size = self.mid_channels, self.kernel_size
        g = Graph(self.in_channels, self.act)
        x = g.conv('main', g.input, width, 1)
        short = g.conv('short', g.input, width, 1)
        for i in range(self.num_blocks):
            y = x
            for name in (f'blocks.{i}.conv1', f'blocks.{i}.conv2'):
                if self.branched:
                    y = branches(g, f'{name}.', y, width, kernel_size)
                else:
                    y = g.conv(name, y, width, kernel_size)
            x = g.add(x, y)
        g.conv('final', g.concat([x, short]), self.out_channels, 1)
        return g
