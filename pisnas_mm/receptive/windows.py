"""Which positions a position reads: crops of feature maps, and sums over what reads what.

Shapes: h×w positions of a crop of the output, H×W of the input, S of a whole map's side.
"""

from functools import lru_cache

import numpy as np

from pisnas_mm.receptive.features import Array
from pisnas_mm.receptive.steps import Steps

Window = tuple[int, int]  # first and last index, along either axis, of a square crop


def side_after(side: int, stride: int) -> int:
    """Side of a feature map after a stride."""
    return -(-side // stride)


@lru_cache(1 << 12)
def windows_of(steps: Steps, side: int, window: Window) -> list[Window]:
    """For every step a crop of its output that holds all the cell's output window depends on.

    Steps of equal resolution have equal crops, so that what they exchange need not be moved.
    """
    strides = steps.strides
    needed = {len(steps) - 1: window}
    crops = {strides[-1]: window}
    for i in range(len(steps) - 1, 0, -1):
        (low, high), (first, last), stride = steps[i].taps, needed[i], steps[i].stride
        for j in steps[i].sources:
            end = side_after(side, strides[j]) - 1
            reads = max(first * stride + low, 0), min(last * stride + high, end)
            needed[j] = _union(needed.get(j, reads), reads)
            crops[strides[j]] = _union(crops.get(strides[j], reads), needed[j])
    return [crops[stride] for stride in strides]


def spread(maps: Array, taps: Window, stride: int, output: Window, source: Window) -> Array:
    """Add every value onto all positions of the source that its output position reads.

    Args:
        maps: One value for every output position, (..., h, w).
        taps: First and last position read by output i, relative to ``stride`` · i.
        stride: See there.
        output: Crop of the output.
        source: Crop of what it reads.

    Returns:
        The sums, (..., H, W).
    """
    if output == source and taps == (0, 0):
        return maps
    reads = _reads(taps, stride, output, source)
    return reads @ maps @ reads.T


def spread_diagonals(diagonals: Array, taps: Window, stride: int, side: int) -> Array:
    """The same for whole maps that are outer products of a vector with itself.

    Args:
        diagonals: Those of the maps on the output, (..., S).
        taps: See ``spread``.
        stride: See ``spread``.
        side: Side of the source.

    Returns:
        The diagonals of the maps on the source, (..., side).
    """
    outputs = diagonals.shape[-1]
    if outputs == side and taps == (0, 0):
        return diagonals
    reads = _reads(taps, stride, (0, outputs - 1), (0, side - 1))
    return (np.sqrt(np.maximum(diagonals, 0)) @ reads.T) ** 2


@lru_cache(1 << 12)
def _reads(taps: Window, stride: int, output: Window, source: Window) -> Array:
    """Matrix (H × h) of what reads what; beyond the image there is nothing."""
    positions = np.arange(source[0], source[1] + 1)[:, None]
    starts = stride * np.arange(output[0], output[1] + 1)[None, :]
    offset = positions - starts
    return ((offset >= taps[0]) & (offset <= taps[1])).astype(np.float64)


def _union(a: Window, b: Window) -> Window:
    return min(a[0], b[0]), max(a[1], b[1])
