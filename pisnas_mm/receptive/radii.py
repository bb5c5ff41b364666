"""How far the centre of each pyramid level sees: receptive radii in closed form.

The pyramid receptive score (PIS-NAS, eqs. 1 and 2) is defined on gradients of a random network: the
centre of a stage's output is differentiated with respect to the previous stage's output, the
positive part is averaged over channels and inputs, and the radius is the distance to the farthest
position that reaches ``threshold`` times the maximum. Here the *expected* map is computed directly,
without weights, inputs or autograd: for a Gaussian gradient the mean of its positive part is
proportional to its root mean square, and ``backward.py`` has the rules for that. It depends on
depths, kernels, and on ratios of widths, and is remembered.
"""

from functools import lru_cache
from math import hypot, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.receptive.features import Array
from pisnas_mm.receptive.stages import Ratios, Shape, Stage, energies, factors, stages_of
from pisnas_mm.receptive.windows import Window

SMOOTHING = 0.15
"""By how much a rim's share of the maximum scatters between single draws (standard deviation of its
logarithm; docs/receptive.md has the measurement)."""


def stage_radii(
    genotype: Genotype, image_size: int, threshold: float = 0.1, smoothing: float = SMOOTHING
) -> tuple[float, ...]:
    """Receptive radii of the pyramid's stages (strides 4, 8, 16, 32), in pixels of the image.

    The first one is that on the image, the others are those on the previous stage's output.

    Args:
        genotype: The architecture.
        image_size: Side of the square input, in pixels.
        threshold: Share of the map's maximum that counts as seen.
        smoothing: Standard deviation of the threshold's logarithm that the radius is averaged over;
            0 gives the radius of the expected map, which moves in steps of a cell.
    """
    stages = stages_of(genotype, image_size)
    return tuple([stage_radius(stage, image_size, threshold, smoothing) for stage in stages])


def largest_radius(image_size: int) -> float:
    """That of a stage that sees the whole image, in pixels."""
    return hypot(image_size // 2, image_size // 2)


def receptive_map(genotype: Genotype, stage: int, image_size: int) -> Array:
    """The expected map of a stage's centre on the previous stage's output, or on the image.

    Args:
        genotype: The architecture.
        stage: Index of the stage, at least 1; the map of stage 1 is that on the image.
        image_size: Side of the square input, in pixels.

    Returns:
        The whole square map, scaled to a maximum of 1.
    """
    stages = stages_of(genotype, image_size)
    if not 1 <= stage <= len(stages):
        raise ValueError(f'stage should be from 1 to {len(stages)}, but got {stage}')
    of_stage = stages[stage - 1]
    components, _ = energies(of_stage.shape, whole=True)
    total = np.tensordot(factors(of_stage.ratios), components, axes=1)
    return np.sqrt(total / total.max())


def map_radius(
    seen: Array, image_size: int, threshold: float = 0.1, smoothing: float = 0.0
) -> float:
    """Distance from the image's centre to the farthest pixel that a map says is seen (eq. 2).

    Args:
        seen: A square map, which is upsampled to the image by nearest neighbours.
        image_size: Side of the square image, in pixels.
        threshold: Share of the map's maximum that counts as seen.
        smoothing: See ``stage_radii``.
    """
    distances, order = _by_distance((0, len(seen) - 1), len(seen), image_size)
    shares = np.maximum.accumulate(seen.ravel()[order]) / seen.max()
    return _radius(distances, shares, threshold, smoothing)


@lru_cache(1 << 17)
def stage_radius(stage: Stage, image_size: int, threshold: float, smoothing: float) -> float:
    """The receptive radius of a stage, in pixels; see ``stage_radii``."""
    return _radius_of(stage.shape, stage.ratios, image_size, threshold, smoothing)


@lru_cache(1 << 16)
def _radius_of(
    shape: Shape, ratios: Ratios, image_size: int, threshold: float, smoothing: float
) -> float:
    distances, cells, most = _seen_from_outside(shape, image_size)
    times = factors(ratios)
    energy = np.maximum(times @ cells, 0)  # rounding may leave a little less
    shares = np.sqrt(np.maximum.accumulate(energy) / (times @ most).max())
    return _radius(distances, shares, threshold, smoothing)


@lru_cache(1 << 14)
def _seen_from_outside(shape: Shape, image_size: int) -> tuple[Array, Array, Array]:
    """The cells of a stage's map that can decide its radius, whatever the widths are.

    Those are the cells with more energy, of some typical mixture of components, than all that are
    farther out.

    Returns:
        Their distances in pixels, farthest first; their energies (components × cells); and the
        energies of the cells that can have the most.
    """
    crop, window = energies(shape)
    distances, order = _by_distance(window, shape.side, image_size)
    cells = crop.reshape(len(crop), -1)[:, order]
    mixed = _typical(len(crop)) @ cells
    before = np.maximum.accumulate(mixed, axis=1)[:, :-1]
    deciding = np.append(True, (mixed[:, 1:] > before).any(axis=0))
    return distances[deciding], cells[:, deciding], cells[:, np.unique(mixed.argmax(axis=1))]


def _typical(num: int) -> Array:
    """Mixtures of components: each alone on the first, and all with equal ratios."""
    alone = np.eye(num)
    alone[:, 0] = 1
    return np.concatenate(
        [alone * [1, *[4.0] * (num - 1)], [[1, *[r] * (num - 1)] for r in (1, 2, 4)]]
    )


def _radius(distances: Array, shares: Array, threshold: float, smoothing: float) -> float:
    """The radius, from distances, farthest first, and the most that is seen so far out."""
    if not smoothing:
        return float(distances[np.argmax(shares >= threshold)])
    # A logistic distribution of the threshold's logarithm: the mean over thresholds of the first
    # distance whose share reaches it, summed by parts.
    sharpness = pi / (sqrt(3) * smoothing)
    seen = 1 / (1 + (threshold / np.maximum(shares[:-1], 1e-9)) ** sharpness)
    return float(seen @ (distances[:-1] - distances[1:])) + float(distances[-1])


@lru_cache(1 << 10)
def _by_distance(window: Window, side: int, image_size: int) -> tuple[Array, NDArray[np.intp]]:
    """Distances of a crop's cells, farthest first, and their order.

    A cell's distance is that of its farthest pixel from the centre's.
    """
    first, last = window
    # Cell i becomes the pixels ceil(i R / side) to ceil((i + 1) R / side) - 1.
    edges = -(-np.arange(first, last + 2) * image_size // side)
    middle = image_size // 2
    reach = np.maximum(np.abs(edges[:-1] - middle), np.abs(edges[1:] - 1 - middle))
    distances = np.hypot(reach[:, None], reach[None, :]).ravel()
    order = np.argsort(-distances, kind='stable')
    return distances[order], order
