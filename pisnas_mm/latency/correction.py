"""From whole backbones to the factors that correct a sum over kernels."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.latency.table import Correction, LatencyTable, Whole

Matrix = NDArray[np.float64]


def corrected(table: LatencyTable, wholes: Sequence[Whole]) -> Correction:
    """The offset and the factors, none of them negative, with the least relative squared error."""
    sums = [table.kinds(whole.genotype) for whole in wholes]
    kinds = sorted({kind for one in sums for kind in one})
    measured = np.array([whole.timed.ms for whole in wholes])
    rows = np.array([[1.0, *(one.get(kind, 0.0) for kind in kinds)] for one in sums])
    found = nonnegative(rows / measured[:, None], np.ones(len(wholes)))
    return Correction(float(found[0]), dict(zip(kinds, map(float, found[1:]), strict=True)))


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
