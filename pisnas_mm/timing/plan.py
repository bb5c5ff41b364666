"""What to measure of a space: backbones drawn from it, and the kernels that they are made of."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from math import inf, isfinite, log2
from random import Random
from typing import NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.graph import Op
from pisnas_mm.constraints import Constraint
from pisnas_mm.latency.kernels import Kernel, Widths, calls
from pisnas_mm.measures import macs
from pisnas_mm.spaces import Space

DRAWN = 400  # backbones that are looked at for their kernels
MUTATIONS = 60  # within the budgets, from one of the space's examples to a backbone
STEPS = 1000  # in which a backbone should come within them
MISSED = 20  # backbones in a row that did not
LEAST = 0.25  # of the largest MACs, down to which backbones are drawn
RARE = 0.002  # of a kernel's uses: widths between those are not worth a measurement


class Point(NamedTuple):
    """A kernel at widths, and an operation of the kind to draw it after."""

    kernel: Kernel
    widths: Widths
    op: Op


def drawn(
    space: Space, constraints: Mapping[str, Constraint], image_size: int, seed: int
) -> Iterator[Genotype]:
    """Backbones of a space, mutated on and on, without end.

    Each is within a bound on MACs of its own, so that small and large ones come, and within the
    upper budgets of the search. The largest bound is that budget, or twice the MACs of the seed.
    """
    rng = Random(seed)
    most, budgets = inf, []
    for constraint in constraints.values():
        if constraint.of and constraint.of.key == 'macs':
            most = min(most, constraint.max)
        elif isfinite(constraint.max):
            budgets.append(constraint)
    if not isfinite(most):
        most = 2.0 * macs(space.seed, image_size)
    smallest = macs(space.smallest(partial(macs, image_size=image_size)), image_size)
    least = min(most, max(LEAST * most, 2.0 * smallest))
    starts, missed = list(space.examples().values()), 0
    while missed < MISSED:
        bound = most * (least / most) ** rng.random()
        genotype = starts[int(rng.random() * len(starts))]
        excess, left = _excess(genotype, budgets, image_size, bound), MUTATIONS
        for _ in range(STEPS):
            candidate = space.mutate(genotype, rng)
            beyond = _excess(candidate, budgets, image_size, bound)
            if beyond <= excess:
                genotype, excess = candidate, beyond
                left -= excess == 0
            if not left:
                yield genotype
                break
        missed = missed + 1 if left else 0
    raise ValueError(
        f'in {MISSED} times {STEPS} mutations no backbone comes within the budgets of params and '
        f'MACs; loosen them or change space.seed'
    )


def _excess(
    genotype: Genotype, budgets: Sequence[Constraint], image_size: int, bound: float
) -> float:
    beyond = max(0.0, macs(genotype, image_size) / bound - 1)
    return beyond + sum(max(0.0, one.measure(genotype) / one.max - 1) for one in budgets)


def points(genotypes: Sequence[Genotype], image_size: int) -> list[Point]:
    """The kernels of backbones, at the powers of two around the widths that they have."""
    uses: dict[Kernel, Counter[tuple[tuple[int, ...], ...]]] = {}
    ops: dict[Kernel, Op] = {}
    for genotype in genotypes:
        for kernel, widths, _, op in calls(genotype, image_size):
            ops[kernel] = op
            uses.setdefault(kernel, Counter())[tuple(map(_around, widths))] += 1
    found = []
    for kernel, cells in sorted(uses.items()):
        often = [cell for cell, times in cells.items() if times >= RARE * cells.total()]
        corners = {widths for cell in often or cells for widths in product(*cell)}
        found += [Point(kernel, widths, ops[kernel]) for widths in sorted(corners)]
    return found


def _around(width: int) -> tuple[int, ...]:
    """The powers of two around a width; small widths, such as an image's, as they are."""
    if width < 8:
        return (width,)
    low = 1 << int(log2(width))
    return (low,) if low == width else (low, 2 * low)
