"""How many activations a backbone has: outputs of its nonlinearities, for one image.

With ReLU, NASWOT (Mellor et al., ICML 2021) is close to the logarithm of it: on the 88 backbones of
YOLOBench both order them alike (docs/results.md). It costs microseconds.
"""

from collections.abc import Callable
from operator import getitem
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import graph as ops
from pisnas_mm.blocks.block import Block, ops_of
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.blocks.widths import by_widths
from pisnas_mm.utils.memories import at_second


def activations(genotype: Genotype, image_size: int) -> int:
    """Outputs of the main path's activations, for one image of ``image_size``² pixels."""
    known = map(_block_activations.of, genotype.sides(image_size))
    return sum(map(getitem, known, genotype.blocks))


@at_second
@by_widths
def _block_activations(block: Block, side: int) -> int:
    return sum([n * ACTIVATIONS[type(op)](op, out) for op, n, out in ops_of(block, side)])


def _none(op: ops.Op, side: int) -> int:
    return 0


def _of_all(op: ops.Op, side: int) -> int:
    return op.channels * side**2


def _if_any(conv: ops.Conv, side: int) -> int:
    return _of_all(conv, side) if conv.act else 0


# Of an operation and the side of its output. A gate (`Dense`) is not on the main path.
ACTIVATIONS: Walk[Callable[[Any, int], int]] = Walk(
    'the count of activations',
    {
        **dict.fromkeys((*ops.WEIGHTLESS, ops.Norm, ops.Dense), _none),
        ops.Conv: _if_any,
        ops.BiasedConv: _if_any,
        ops.Act: _of_all,
    },
)
