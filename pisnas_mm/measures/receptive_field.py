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
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.genotype import Genotype, by_stage, pyramid
from pisnas_mm.measures.features import STANDARD, Array, Feature, output
from pisnas_mm.measures.gradients import centre, pull_back
from pisnas_mm.measures.steps import Steps, narrowing, steps_of
from pisnas_mm.measures.windows import Window, side_after

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
        _stage_radius(stage, image_size, threshold, smoothing)
        for stage in _stages(genotype, image_size)
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
    stages = _stages(genotype, image_size)
    if not 1 <= stage <= len(stages):
        raise ValueError(f'stage should be from 1 to {len(stages)}, but got {stage}')
    return _stage_map(*stages[stage - 1], whole=True)[0]


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
    side = len(seen)
    return _radius(seen / seen.max(), (0, side - 1), side, image_size, threshold, smoothing)


class _Stage(NamedTuple):
    """A stage's blocks, how much narrower than its output each one's is, what they get."""

    blocks: tuple[Steps, ...]
    narrower: tuple[int, ...]
    x: Feature
    side: int


def _stages(genotype: Genotype, image_size: int) -> list[_Stage]:
    x, side = STANDARD, image_size
    stages = []
    for blocks in pyramid(by_stage(genotype.blocks, [b.stride for b in genotype.blocks])):
        all_steps = tuple(map(steps_of, blocks))
        narrower = tuple(narrowing(blocks[-1].out_channels, b.out_channels) for b in blocks)
        x = _known(x)
        stages.append(_Stage(all_steps, narrower, x, side))
        for steps in all_steps:
            x = output(steps, x)
            side = side_after(side, steps.strides[-1])
    return stages


_KNOWN_FEATURES: dict[tuple[float, bytes], Feature] = {}


def _known(x: Feature) -> Feature:
    """The same object whenever the feature is the same, so that it can key a memory."""
    return _KNOWN_FEATURES.setdefault((x.var, x.density.tobytes()), x)


@lru_cache(1 << 16)
def _stage_radius(stage: _Stage, image_size: int, threshold: float, smoothing: float) -> float:
    seen, window = _stage_map(*stage)
    return _radius(seen, window, stage.side, image_size, threshold, smoothing)


_NOT_SEEN = 0.01  # share of a map's maximum that no threshold asks for


def _stage_map(
    blocks: tuple[Steps, ...],
    narrower: tuple[int, ...],
    x: Feature,
    side: int,
    whole: bool = False,
) -> tuple[Array, Window]:
    """The map and its crop, which leaves out what is not seen unless the ``whole`` is asked for."""
    inputs, sides = [x], [side]
    for steps in blocks:
        inputs.append(output(steps, inputs[-1]))
        sides.append(side_after(sides[-1], steps.strides[-1]))
    gradient, window = centre(), (sides[-1] // 2, sides[-1] // 2)
    for steps, ratio, feature, side_in in reversed(
        list(zip(blocks, narrower, inputs, sides, strict=False))
    ):
        gradient, window = pull_back(steps, feature, side_in, ratio, gradient, window)
    energy = np.sum([e.map * e.profile.mean(x) for e in gradient.energy], axis=0)
    backdrop = np.sqrt(gradient.backdrop.shared + gradient.backdrop.own)
    if whole or backdrop.max() > _NOT_SEEN * sqrt(np.max(energy)):
        energy, window = np.pad(energy, (window[0], side - 1 - window[1])), (0, side - 1)
        energy = energy + np.outer(backdrop, backdrop)
    return np.sqrt(energy / energy.max()), window


def _radius(
    seen: Array,
    window: Window,
    side: int,
    image_size: int,
    threshold: float,
    smoothing: float,
) -> float:
    distances, order = _by_distance(window, side, image_size)
    reached = np.maximum.accumulate(seen.ravel()[order])  # the most that is seen so far out
    if not smoothing:
        return float(distances[np.argmax(reached >= threshold)])
    # A logistic distribution of the threshold's logarithm.
    sharpness = pi / (sqrt(3) * smoothing)
    share = 1 / (1 + (threshold / np.maximum(reached, 1e-9)) ** sharpness)
    return float(distances @ np.diff(share, prepend=0.0) + distances[-1] * (1 - share[-1]))


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
