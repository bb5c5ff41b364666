"""The stages of a space as tables: all choices of their widths, what each costs, what it scores.

This is for spaces whose blocks differ in the widths of their outputs and in one depth a stage, as
those of YOLOv5's and YOLOv8's backbones do. What a block is stands elsewhere: costs and scores are
asked of blocks. A cost is a polynomial of degree two in the widths of a block's input and output,
and so is read off six of them. A score depends on ratios of widths, and is asked once for each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.blocks.block import changed
from pisnas_mm.blocks.fields import Number, mutable_fields
from pisnas_mm.bounds.relaxation import Array, Widths
from pisnas_mm.bounds.separable import NoBound
from pisnas_mm.constraints import OnMeasure
from pisnas_mm.measures import Measure
from pisnas_mm.receptive.stages import PER_OCTAVE
from pisnas_mm.spaces import Space

_SIX = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))  # widths of blocks, in the space's steps
_CHECKED = ((7, 9), (16, 32))


@dataclass(frozen=True)
class StageTable:
    """A stage of the pyramid in all choices of its widths.

    Args:
        blocks: The seed's.
        sides: Of their inputs, in pixels.
        widths: Choices × (1 + blocks): the channels of the input and of every block's output.
        step: Of which widths are multiples.
    """

    blocks: tuple[Block, ...]
    sides: tuple[int, ...]
    widths: Widths
    step: int

    def kept(self, mask: NDArray[np.bool_]) -> 'StageTable':
        """With some of the choices only."""
        return replace(self, widths=self.widths[mask])

    def chosen(self, widths: Iterable[int], depth: int) -> tuple[Block, ...]:
        """The stage's blocks in these widths and this depth."""
        pairs = zip(self.blocks, pairwise(map(int, widths)), strict=True)
        return tuple([sized(block, i, o, depth) for block, (i, o) in pairs])

    def costs(self, measure: Measure, depth: int) -> Array:
        """What every choice adds to a measure that is a sum over blocks."""
        total = np.zeros(len(self.widths))
        for place, (block, side) in enumerate(zip(self.blocks, self.sides, strict=True)):
            cost = partial(_measured, measure, block, side, depth)
            total += _polynomial(cost, self.step)(*self.widths[:, place : place + 2].T)
        return total

    def scores(self, of: Callable[[tuple[Block, ...]], float], depth: int) -> Array:
        """The score of every choice: that of one with the same ratios of widths.

        Ratios are rounded as ``receptive.stages`` does it; which widths are equal matters, too, as
        equal ones are one there.
        """
        _, first, inverse = np.unique(self._kinds(depth), return_index=True, return_inverse=True)
        return np.array([of(self.chosen(self.widths[i], depth)) for i in first])[inverse]

    def _kinds(self, depth: int) -> NDArray[np.int64]:
        """A number for every choice: of the rounded ratios and of which widths are equal."""
        output = self.widths[:, -1]
        several = [*self.widths.T, *(output * share for share in self._inner_shares(depth))]
        found = [np.rint(PER_OCTAVE * np.log2(output / width)) for width in self.widths.T]
        found += [one == other for one, other in combinations(several, 2)]
        kinds = np.zeros(len(output), dtype=np.int64)
        for values in np.array(found, dtype=np.int64):
            kinds = kinds * (np.ptp(values) + 1) + values - values.min()
        return kinds

    def _inner_shares(self, depth: int) -> list[float]:
        """The widths inside of the blocks, as shares of the stage's output.

        Raises:
            NoBound: They depend on something else.
        """
        found = [
            {
                op.channels / blocks[-1].out_channels
                for block in blocks
                for op in block.graph().ops
                if block.num_blocks
            }
            for blocks in (
                self.chosen([times * 8 * self.step] * len(self.widths.T), depth) for times in (1, 3)
            )
        ]
        if found[0] != found[1]:
            raise NoBound('widths inside of blocks are no shares of their outputs')
        return sorted(found[0])


def tables_of(
    space: Space, floors: Sequence[OnMeasure], image_size: int, most_depth: int
) -> list[StageTable]:
    """The stages of a space, in all widths in which every block satisfies the floors by itself.

    Args:
        space: Its limits on widths beside the widest and their order are left out, as a seed may be
            beyond them.
        floors: Bounds from below on measures that are that of the least block.
        image_size: Side of the square input, in pixels.
        most_depth: Of a stage. Measures grow with depth, so that no shallower one has more.

    Raises:
        NoBound: Blocks differ in something else than widths and one depth a stage.
    """
    check_space(space)
    seed, tables, place = space.seed, [], 0
    widths = np.arange(space.channel_step, space.max_channels + 1, space.channel_step)
    inputs = np.array([seed.in_channels])
    for blocks in seed.pyramid:
        sides = seed.sides(image_size)[place : place + len(blocks)]
        choices = inputs[:, None]
        for block, side in zip(blocks, sides, strict=True):
            before = np.unique(choices[:, -1])
            allowed = np.ones((len(before), len(widths)), dtype=bool)
            if place and space.monotone_widths:
                allowed &= before[:, None] <= widths
            for floor in floors:
                value = partial(_measured, floor.of, block, side, most_depth)
                allowed &= _reaching(value, floor.min, before, widths)
            rows, columns = np.nonzero(allowed[np.searchsorted(before, choices[:, -1])])
            choices = np.column_stack([choices[rows], widths[columns]])
            place += 1
        tables.append(StageTable(blocks, sides, choices, space.channel_step))
        inputs = np.unique(choices[:, -1])
    return tables


def check_space(space: Space) -> None:
    """Raise NoBound unless all that differs is what the tables hold."""
    known = {Number.WIDTH, Number.DEPTH}
    if len(space.kernel_sizes) == 1:
        known.add(Number.KERNEL)
    for families in space.places:
        kinds = [kind for family in families for kind in mutable_fields(family).values()]
        if len(families) > 1 or any(kind not in known for kind in kinds):
            raise NoBound(f'blocks of {type(space).__name__} differ in more than widths and depths')
    if any(sum(block.num_blocks > 0 for block in blocks) != 1 for blocks in space.seed.pyramid):
        raise NoBound('stages have more or less than one depth')


def sized(block: Block, in_channels: int, out_channels: int, depth: int) -> Block:
    """The block in other widths, and in another depth if it has one."""
    block = changed(changed(block, 'in_channels', in_channels), 'out_channels', out_channels)
    return changed(block, 'num_blocks', depth) if block.num_blocks else block


def _measured(measure: Measure, block: Block, side: int, depth: int, i: int, o: int) -> float:
    """A measure of a block alone, which has a given side, depth, and widths."""
    alone = Genotype((sized(block, int(i), int(o), depth),), int(i))
    return measure.function(alone, side) if measure.sized else measure.function(alone)


def _polynomial(cost: Callable[[int, int], float], step: int) -> Callable[[Widths, Widths], Array]:
    """A cost as a polynomial of degree two in two widths.

    Raises:
        NoBound: It is none.
    """

    def terms(i: Array, o: Array) -> Array:
        return np.stack([np.ones_like(i), i, o, i * i, i * o, o * o], axis=-1)

    def at(places: Sequence[tuple[int, int]]) -> tuple[Array, Array]:
        i, o = np.array(places, dtype=float).T * step
        return terms(i, o), np.array([cost(a, b) for a, b in zip(i, o, strict=True)], dtype=float)

    coefficients = np.linalg.solve(*at(_SIX))
    known, values = at(_CHECKED)
    if not np.allclose(known @ coefficients, values, rtol=1e-9, atol=1e-6):
        raise NoBound('costs are no polynomials of degree two in widths')
    return lambda i, o: terms(i.astype(float), o.astype(float)) @ coefficients


def _reaching(
    value: Callable[[int, int], float], least: float, ins: Widths, outs: Widths
) -> NDArray[np.bool_]:
    """Where a value that grows with both widths is at least so much (inputs × outputs)."""
    reached = np.zeros((len(ins), len(outs)), dtype=bool)
    first = len(ins)
    for column, o in enumerate(outs):
        while first and value(ins[first - 1], o) >= least:
            first -= 1
        reached[first:, column] = True
    return reached
