"""A block's cells, which measures walk over, say what its graph says."""

from dataclasses import replace

import pytest

from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.graph import Graph
from tests.samples import SAMPLES


def facts(graph: Graph) -> list[tuple]:
    """What measures can see of operations, apart from their sources and names."""
    seen = ('in_channels', 'kernel_size', 'stride', 'act', 'start', 'released')
    return [(type(op), op.channels, *(getattr(op, key, None) for key in seen)) for op in graph.ops]


@pytest.mark.parametrize('block', SAMPLES, ids=str)
def test_cells_are_the_graph(block):
    first, *others = facts(block.graph())
    cells = block.cells()
    assert facts(cells[0].graph)[0] == first
    assert [f for graph, times in cells for f in facts(graph)[1:] * times] == others


@pytest.mark.parametrize('block', SAMPLES, ids=str)
@pytest.mark.parametrize('side', [16, 13])
def test_cells_have_the_sides_of_the_graph(block, side):
    expected = [out for _, out in block.graph().conv_sides(side)]
    sides = []
    for graph, times in block.cells():
        assert times == 1 or graph.stride == 1
        sides += [out for _, out in graph.conv_sides(side)] * times
        side = -(-side // graph.stride)
    assert sides == expected
    assert block.graph().stride == block.stride


@pytest.mark.parametrize('block', [b for b in SAMPLES if isinstance(b, CellStage)], ids=str)
def test_equal_cells_are_one_object(block):
    """What is known of a cell is remembered for all stages that repeat it."""
    inner = replace(block, num_blocks=3).cells()[-1]
    assert inner.times in (2, 3)
    for other in (
        replace(block, num_blocks=5),
        replace(block, num_blocks=3, in_channels=10),
        replace(block, num_blocks=3, stride=3 - block.stride),
    ):
        assert other.cells()[-1].graph is inner.graph
    wider = replace(block, num_blocks=3, kernel_size=block.kernel_size + 2)
    assert wider.cells()[-1].graph is not inner.graph
