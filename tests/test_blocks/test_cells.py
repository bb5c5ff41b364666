"""A block's cells, which measures walk over, say what its graph says."""

import pytest

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
