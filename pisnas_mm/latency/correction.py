"""From whole backbones to the factors that correct a sum over kernels."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.latency.table import Correction, LatencyTable, Whole

Matrix = NDArray[np.float64]


ALIGNED = (1, 4, 8, 16, 32)


def corrected(table: LatencyTable, wholes: Sequence[Whole]) -> Correction:
    """The correction without negative numbers that has the least relative squared error."""
    found = [_with_alignment(table, wholes, aligned) for aligned in ALIGNED]
    return min(found, key=lambda one: one[0])[1]


def _with_alignment(
    table: LatencyTable, wholes: Sequence[Whole], aligned: int
) -> tuple[float, Correction]:
    """The squared error, and the correction."""
    sums = [table.kinds(whole.genotype, aligned) for whole in wholes]
    kinds = sorted({kind for one in sums for kind in one})
    measured = np.array([whole.timed.ms for whole in wholes])
    rows = np.array([[1.0, *(one.get(kind, 0.0) for kind in kinds)] for one in sums])
    shares = rows / measured[:, None]
    found = nonnegative(shares, np.ones(len(wholes)))
    factors = dict(zip(kinds, map(float, found[1:]), strict=True))
    error = float(((shares @ found - 1) ** 2).sum())
    return error, Correction(aligned, float(found[0]), factors)


def nonnegative(a: Matrix, b: Matrix) -> Matrix:
    """The x >= 0 with the least ‖a x - b‖², for the few columns that there are.

    It is the least-squares solution over some of the columns, so all subsets are tried.
    """
    best, least = np.zeros(a.shape[1]), float(b @ b)
    for size in range(1, a.shape[1] + 1):
        for columns in map(list, combinations(range(a.shape[1]), size)):
            x = np.linalg.lstsq(a[:, columns], b, rcond=None)[0]
            rest = float(((a[:, columns] @ x - b) ** 2).sum())
            if (x >= 0).all() and rest < least:
                best, least = np.zeros(a.shape[1]), rest
                best[columns] = x
    return best
