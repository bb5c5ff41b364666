"""Which positions a position reads: crops of feature maps, and sums over what reads what."""

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
    """For every step a crop of its output that holds all the block's output window depends on.

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


def spread(values: Array, taps: Window, stride: int, window: Window, onto: Window) -> Array:
    """Add every value onto all input positions that its output position reads.

    Args:
        values: One for every output position in ``window``, along the last two axes.
        taps: First and last position read by output i, relative to ``stride`` · i.
        stride: See there.
        window: Crop of the output.
        onto: Crop of the input.
    """
    if window == onto and taps == (0, 0):
        return values
    reads = _reads(taps, stride, window, onto)
    return reads @ values @ reads.T


def spread_diagonal(values: Array, taps: Window, stride: int, side: int) -> Array:
    """The same for a whole map that is the outer product of a vector with itself.

    Args:
        values: The output map's diagonal, along the last axis.
        taps: See ``spread``.
        stride: See ``spread``.
        side: Side of the input.

    Returns:
        The diagonal of the map on the input.
    """
    reads = _reads(taps, stride, (0, values.shape[-1] - 1), (0, side - 1))
    return (np.sqrt(np.maximum(values, 0)) @ reads.T) ** 2


@lru_cache(1 << 12)
def _reads(taps: Window, stride: int, window: Window, onto: Window) -> Array:
    """Matrix (input × output positions) of what reads what; beyond the image there is nothing."""
    inputs = np.arange(onto[0], onto[1] + 1)[:, None]
    starts = stride * np.arange(window[0], window[1] + 1)[None, :]
    offset = inputs - starts
    return ((offset >= taps[0]) & (offset <= taps[1])).astype(np.float64)


def _union(a: Window, b: Window) -> Window:
    return min(a[0], b[0]), max(a[1], b[1])
