"""How far the centre of each pyramid level sees: receptive radii in closed form.

The pyramid receptive score (PIS-NAS, eqs. 1 and 2) is defined on gradients of a random network: the
centre of a stage's output is differentiated with respect to the previous stage's output, the
positive part is averaged over channels and inputs, and the radius is the distance to the farthest
position that reaches ``threshold`` times the maximum. Here the *expected* map is computed directly,
without weights, inputs or autograd: for a Gaussian gradient the mean of its positive part is
proportional to its root mean square, and ``gradients.py`` has the rules for that. It depends on
depths, kernels, and on ratios of widths, and is remembered.
"""

from functools import lru_cache
from math import log2, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.blocks import Block
from pisnas_mm.genotype import Genotype, pyramid
from pisnas_mm.measures.features import STANDARD, Array, Feature, output
from pisnas_mm.measures.gradients import centre, pull_back
from pisnas_mm.measures.steps import Steps, steps_of
from pisnas_mm.measures.windows import Window, side_after

PER_OCTAVE = 4
"""Width ratios are rounded to quarter octaves, so that one radius serves many architectures."""

SMOOTHING = 0.15
"""By how much a rim's share of the maximum scatters between single draws (standard deviation of its
logarithm; docs/method.md has the measurement)."""


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
    return tuple(
        _stage_radius(described.stage, described.ratios, image_size, threshold, smoothing)
        for described in _described(genotype, image_size)
    )


def receptive_map(genotype: Genotype, stage: int, image_size: int) -> Array:
    """The expected map of a stage's centre on the previous stage's output, or on the image.

    Args:
        genotype: The architecture.
        stage: Index of the stage, at least 1; the map of stage 1 is that on the image.
        image_size: Side of the square input, in pixels.

    Returns:
        The whole square map, scaled to a maximum of 1.
    """
    stages = _described(genotype, image_size)
    if not 1 <= stage <= len(stages):
        raise ValueError(f'stage should be from 1 to {len(stages)}, but got {stage}')
    described = stages[stage - 1]
    energies, _ = _energies(described.stage, whole=True)
    total = np.tensordot(_factors(described.ratios), energies, axes=1)
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


class _Stage(NamedTuple):
    """A stage apart from its widths.

    ``cells`` are those of all its blocks, each with the number of its first component: all cells of
    a block share as many components as the block has widths. ``x`` and ``side`` are its input's.
    """

    cells: tuple[tuple[Steps, int], ...]
    num_components: int
    x: Feature
    side: int


Ratios = tuple[int, ...]  # log2(C / c) of a stage's widths c, in units of 1 / PER_OCTAVE


class _Described(NamedTuple):
    """A stage, its widths, and what it gives."""

    stage: _Stage
    ratios: Ratios
    output: Feature
    output_side: int


def _described(genotype: Genotype, image_size: int) -> list[_Described]:
    x, side, stages = STANDARD, image_size, []
    for blocks in pyramid(genotype.stages):
        stages.append(_describe(tuple(blocks), x, side))
        x, side = stages[-1].output, stages[-1].output_side
    return stages


@lru_cache(1 << 17)
def _describe(blocks: tuple[Block, ...], x: Feature, side: int) -> _Described:
    cells: list[tuple[Steps, int]] = []
    ratios: list[int] = []
    for block in blocks:
        steps, widths = steps_of(block)
        cells += [(cell, 1 + len(ratios)) for cell in steps]
        ratios += [_ratio(blocks[-1].out_channels, c) for c in widths]
    x = STANDARD if cells[0][0].normalises else _known(x)
    stage = _Stage(tuple(cells), 1 + len(ratios), x, side)
    for cell, _ in cells:
        x, side = output(cell, x), side_after(side, cell.strides[-1])
    return _Described(stage, tuple(ratios), x, side)


@lru_cache(1 << 16)
def _ratio(out_channels: int, channels: int) -> int:
    return round(PER_OCTAVE * log2(out_channels / channels))


_KNOWN_FEATURES: dict[tuple[float, bytes], Feature] = {}


def _known(x: Feature) -> Feature:
    """The same object whenever the feature is the same, so that it can key a memory."""
    return _KNOWN_FEATURES.setdefault((x.var, x.density.tobytes()), x)


def _energies(stage: _Stage, whole: bool = False) -> tuple[Array, Window]:
    """Components of the energy at a stage's input, in a crop, and which crop.

    The first component does not depend on widths, the others are multiplied by C / c of each. The
    crop leaves out what is never seen, unless the ``whole`` map is asked for.
    """
    inputs, sides = [stage.x], [stage.side]
    for cell, _ in stage.cells:
        inputs.append(output(cell, inputs[-1]))
        sides.append(side_after(sides[-1], cell.strides[-1]))
    gradient, window = centre(stage.num_components), (sides[-1] // 2, sides[-1] // 2)
    for i, (cell, component) in reversed(list(enumerate(stage.cells))):
        gradient, window = pull_back(cell, inputs[i], sides[i], component, gradient, window)
    crop = sum(f.mean(stage.x) * maps for f, maps in gradient.energy.items())
    diagonals = np.sqrt(np.maximum(gradient.backdrop.shared + gradient.backdrop.own, 0))
    if whole or diagonals.max() > _NOT_SEEN * sqrt(np.max(crop)):
        margins = (window[0], stage.side - 1 - window[1])
        crop, window = np.pad(crop, ((0, 0), margins, margins)), (0, stage.side - 1)
    diagonals = diagonals[:, window[0] : window[1] + 1]
    return crop + diagonals[:, :, None] * diagonals[:, None, :], window


_NOT_SEEN = 0.01  # share of a map's maximum that no threshold asks for


def _factors(ratios: Ratios) -> Array:
    return np.array([1.0, *(2.0 ** (ratio / PER_OCTAVE) for ratio in ratios)])


@lru_cache(1 << 17)
def _stage_radius(
    stage: _Stage, ratios: Ratios, image_size: int, threshold: float, smoothing: float
) -> float:
    distances, cells, most = _seen_from_outside(stage, image_size)
    factors = _factors(ratios)
    energies = np.maximum(factors @ cells, 0)  # rounding may leave a little less
    shares = np.sqrt(np.maximum.accumulate(energies) / (factors @ most).max())
    return _radius(distances, shares, threshold, smoothing)


@lru_cache(1 << 14)
def _seen_from_outside(stage: _Stage, image_size: int) -> tuple[Array, Array, Array]:
    """The cells of a stage's map that can decide its radius, whatever the widths are.

    Those are the cells with more energy, of some typical mixture of components, than all that are
    farther out.

    Returns:
        Their distances in pixels, farthest first; their energies (components × cells); and the
        energies of the cells that can have the most.
    """
    crop, window = _energies(stage)
    distances, order = _by_distance(window, stage.side, image_size)
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
    # A logistic distribution of the threshold's logarithm.
    sharpness = pi / (sqrt(3) * smoothing)
    seen = 1 / (1 + (threshold / np.maximum(shares, 1e-9)) ** sharpness)
    return float(distances @ np.diff(seen, prepend=0.0) + distances[-1] * (1 - seen[-1]))


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
