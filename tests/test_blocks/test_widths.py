"""What is replayed for other widths is what these widths would have given."""

from dataclasses import dataclass, replace
from random import Random

import pytest

from pisnas_mm.blocks.block import Block, cell_sides_of
from pisnas_mm.blocks.fields import Number, fields_of
from pisnas_mm.blocks.graph import Conv, Graph
from pisnas_mm.blocks.widths import by_widths
from tests.samples import SAMPLES


def facts(block: Block, side: int) -> list[tuple]:
    """Numbers of all convolutions."""
    return [
        (conv.channels, conv.fan_in, conv.stride, out, times)
        for graph, times, at in cell_sides_of(block, side)
        for conv, out in graph.conv_sides(at)
    ]


def others_of(block: Block, number: int) -> list[Block]:
    """Blocks with other widths, which are often the same."""
    names = ['in_channels']
    for kind in (Number.WIDTH, Number.INNER_WIDTH):
        names += fields_of(type(block), kind)
    rng, found = Random(0), []
    while len(found) < number:
        widths = {name: rng.choice((4, 8, 12, 24, 96)) for name in names}
        try:
            found.append(replace(block, **widths))
        except ValueError:
            continue
    return found


@pytest.mark.parametrize('block', SAMPLES, ids=repr)
def test_it_is_what_is_drawn(block: Block) -> None:
    drawn: list[Block] = []

    def counted(block: Block, side: int) -> list[tuple]:
        drawn.append(block)
        return facts(block, side)

    quick = by_widths(counted)
    for other in others_of(block, 60):
        for side in (32, 13):
            assert quick(other, side) == facts(other, side)
    assert len(drawn) < 40  # of 120; the most have groups, or widths that are or are not equal


@dataclass(frozen=True)
class Thresholded(Block):
    """A family that draws something else for wide blocks, and counts its width down."""

    in_channels: int
    out_channels: int
    act: str = 'relu'

    def graph(self) -> Graph:
        g = Graph(self.in_channels, self.act)
        x = g.input
        if self.in_channels > 16:
            x = g.conv('squeeze', x, 16, 1)
        for i in range(self.in_channels // 8):
            x = g.conv(f'convs.{i}', x, self.in_channels, 3)
        g.conv('last', x, self.out_channels, 1)
        return g


def test_a_family_that_needs_its_numbers_gets_them() -> None:
    quick = by_widths(lambda block: len([op for op in block.graph().ops if type(op) is Conv]))
    assert [quick(Thresholded(width, 8)) for width in (8, 16, 24, 80)] == [2, 3, 5, 12]
