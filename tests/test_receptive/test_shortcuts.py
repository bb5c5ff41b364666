"""RepVGG blocks inside of residuals, as in YOLOv6's BepC3: closed form against sampling."""

from dataclasses import dataclass

import numpy as np
import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, ConvBNAct, RepVGGStage
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.receptive import stage_radii
from pisnas_mm.receptive.monte_carlo import sample_radii
from pisnas_mm.receptive.steps import steps_of


@dataclass(frozen=True)
class Residuals(Block):
    """A C3-like block around ``num_blocks`` residuals of two RepVGG blocks, of hidden width 2/3."""

    in_channels: int
    num_blocks: int = 1

    @property
    def out_channels(self) -> int:
        return self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        hidden = self.in_channels * 2 // 3
        x, beside = (g.conv(name, g.input, hidden, 1) for name in ('main', 'beside'))
        for i in range(self.num_blocks):
            x = g.add(x, _branches(g, _branches(g, x, f'{i}.0'), f'{i}.1'))
        g.conv('final', g.concat([x, beside]), self.in_channels, 1)
        return g


def _branches(g: Graph, x: Value, name: str) -> Value:
    channels = g.ops[x].channels
    wide = g.conv(f'{name}.conv', x, channels, 3, linear=True)
    y = g.add(g.conv(f'{name}.pointwise', x, channels, 1, linear=True), wide)
    return g.activation(g.add(g.norm(f'{name}.identity', x), y))


def backbone(widths, depths) -> Genotype:
    blocks: list[Block] = [ConvBNAct(3, widths[0], 3, 2)]
    for before, width, depth in zip(widths, widths[1:], depths, strict=False):
        blocks += [RepVGGStage(before, width, 1, 3, 2), Residuals(width, depth)]
    return Genotype(tuple(blocks))


def test_radii_are_those_of_sampling():
    genotype = backbone((24, 48, 72, 96, 144), (2, 3, 5, 2))
    sampled = np.mean(sample_radii(genotype, 192, num_draws=6).draws, axis=0)
    assert sum(stage_radii(genotype, 192)[1:]) == pytest.approx(sampled[1:].sum(), rel=0.05)


def test_the_shortcuts_of_a_cell():
    steps, _ = steps_of(Residuals(24, 2).graph())
    adds = [i for i, step in enumerate(steps) if step.op.__name__ == 'Add']
    assert list(steps.shortcuts) == adds[4::5]  # two for each of two RepVGG blocks, then the sum
    assert list(steps.shortcuts.values()) == [1, adds[4]]
    assert not steps_of(RepVGGStage(8, 8, 3).graph())[0].shortcuts
