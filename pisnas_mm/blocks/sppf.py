"""Spatial pyramid pooling: YOLOv5's and YOLOv8's, which ends their backbones, and YOLOv7's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Width
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.registry import BLOCKS


@BLOCKS.register_module()
@dataclass(frozen=True)
class SPPF(Block):
    """1×1 to half the channels, three k×k max-pools in a row, concat of all four, 1×1.

    Searches run without it, as the authors' do; ``PISBackbone.append`` puts it on for training.
    """

    in_channels: int
    out_channels: Width
    kernel_size: int = 5
    act: str = 'silu'

    halved: ClassVar[tuple[str, ...]] = ('in_channels',)

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.conv('main', g.input, self.in_channels // 2, 1)
        g.conv('final', _pooled(g, x, self.kernel_size), self.out_channels, 1)
        return g


@BLOCKS.register_module()
@dataclass(frozen=True)
class SPPCSPC(Block):
    """Pools like an SPPF's between convolutions, a 1×1 beside them, concat, 1×1: YOLOv7's neck.

    Before the pools are a 1×1, a k×k and a 1×1, and behind them a 1×1 and a k×k; a ``slim`` one has
    the 1×1 only, as in YOLOv7-tiny. Pools are of 5×5 in a row: of 5, 9 and 13 side by side.
    """

    in_channels: int
    out_channels: Width
    kernel_size: int = 3
    slim: bool = False
    act: str = 'silu'

    choices: ClassVar[Mapping[str, tuple[object, ...]]] = {'slim': (False, True)}

    def graph(self) -> Graph:
        width = self.out_channels
        g = Graph(self.in_channels, self.act)
        short = g.conv('short', g.input, width, 1)
        x = g.conv('main', g.input, width, 1)
        if not self.slim:
            x = g.conv('before', x, width, self.kernel_size)
            x = g.conv('narrow', x, width, 1)
        x = g.conv('pooled', _pooled(g, x, 5), width, 1)
        if not self.slim:
            x = g.conv('after', x, width, self.kernel_size)
        g.conv('final', g.concat([x, short]), width, 1)
        return g


def _pooled(g: Graph, x: Value, kernel_size: int) -> Value:
    """A value, and what three max-pools in a row make of it, side by side."""
    parts = [x]
    for _ in range(3):
        parts.append(g.max_pool(parts[-1], kernel_size))
    return g.concat(parts)
