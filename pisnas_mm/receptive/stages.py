"""The pyramid's stages as the closed form sees them, and their maps apart from widths.

A stage's map depends on its operations, on its widths by the ratios C / c to that of its output,
and on them linearly: it is computed once for all widths.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import log2, sqrt
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.widths import by_widths
from pisnas_mm.receptive.backward import pull_back
from pisnas_mm.receptive.features import STANDARD, Array, Feature
from pisnas_mm.receptive.forward import outputs
from pisnas_mm.receptive.gradients import Gradient, centre, mean_energy
from pisnas_mm.receptive.steps import Steps, steps_of
from pisnas_mm.receptive.windows import Window, side_after
from pisnas_mm.utils.memories import Memory

PER_OCTAVE = 4
"""Width ratios are rounded to quarter octaves, so that one radius serves many architectures."""

_NOT_SEEN = 0.01  # share of a map's maximum that no threshold asks for


class _Run(NamedTuple):
    """A cell, how often it comes in a row, and the components of its widths."""

    steps: Steps
    times: int
    components: tuple[int, ...]


@dataclass(frozen=True, eq=False)  # equal ones are one object
class Shape:
    """A stage apart from its widths; ``x`` and ``side`` are its input's."""

    runs: tuple[_Run, ...]
    num_components: int
    x: Feature
    side: int


Ratios = tuple[int, ...]  # log2(C / c) of a stage's widths c, in units of 1 / PER_OCTAVE


@dataclass(frozen=True, eq=False)  # looked up all the time: compared as an object
class Stage:
    """A stage's shape, its widths, and what it gives."""

    shape: Shape
    ratios: Ratios
    output: Feature
    output_side: int


class Stages:
    """The pyramid's stages (strides 4, 8, 16, 32), each looked up only when it is asked for.

    Those before it are looked up with it where it depends on them.
    """

    def __init__(self, genotype: Genotype, image_size: int) -> None:
        self._blocks = genotype.pyramid
        self._image_size = image_size
        self._known: dict[int, Stage] = {}

    def __getitem__(self, i: int) -> Stage:
        stage = self._known.get(i)
        if stage is None:
            blocks = self._blocks[i]
            x = STANDARD if i == 0 or _normalises[blocks[0]] else self[i - 1].output
            side = side_after(self._image_size, 2 << i if i else 1)
            stage = self._known[i] = _stage(blocks, x, side)
        return stage


def stages_of(genotype: Genotype, image_size: int) -> list[Stage]:
    """All stages of the pyramid."""
    stages = Stages(genotype, image_size)
    return [stages[i] for i in range(len(genotype.pyramid))]


@Memory
def _normalises(block: Block) -> bool:
    """Whether a stage that begins with the block does not depend on those before it."""
    cells, _ = _apart[block]
    return cells[0].steps.normalises


@lru_cache(1 << 17)
def _stage(blocks: tuple[Block, ...], x: Feature, side: int) -> Stage:
    runs: list[_Run] = []
    ratios: list[int] = []
    out_channels = blocks[-1].out_channels
    for block in blocks:
        cells, widths = _apart[block]
        runs += _numbered(cells, 1 + len(ratios))
        ratios += [_ratio(out_channels, width) for width in widths]
    x = _known(x)
    shape = _shape(tuple(runs), 1 + len(ratios), x, side)
    for steps, times, _ in runs:
        x, side = outputs(steps, times, x)[-1], side_after(side, steps.strides[-1])
    return Stage(shape, tuple(ratios), x, side)


@Memory
@by_widths
def _apart(block: Block) -> tuple[tuple[_Run, ...], tuple[int, ...]]:
    """A block's cells, their widths numbered from 0 on, and these widths."""
    found = [(*steps_of(graph), times) for graph, times in block.cells()]
    every = [width for _, own, _ in found for width in own]
    numbered = tuple([width for i, width in enumerate(every) if width not in every[:i]])
    cells = [_Run(steps, times, tuple(map(numbered.index, own))) for steps, own, times in found]
    return tuple(cells), numbered


@lru_cache(1 << 12)
def _numbered(cells: tuple[_Run, ...], first: int) -> list[_Run]:
    """With components from ``first`` on. Not to be changed."""
    return [run._replace(components=tuple([first + i for i in run.components])) for run in cells]


_shape = lru_cache(1 << 16)(Shape)


@lru_cache(1 << 16)
def _ratio(out_channels: int, channels: int) -> int:
    return round(PER_OCTAVE * log2(out_channels / channels))


# No memory of its own: a feature is known for as long as another memory holds it.
_KNOWN_FEATURES: WeakValueDictionary[tuple[float, bytes], Feature] = WeakValueDictionary()


def _known(x: Feature) -> Feature:
    """The same object whenever the feature is the same, so that it can key a memory."""
    return x if x is STANDARD else _KNOWN_FEATURES.setdefault((x.var, x.density.tobytes()), x)


def energies(shape: Shape, whole: bool = False) -> tuple[Array, Window]:
    """Components of the energy at a stage's input, in a crop, and which crop.

    The first component does not depend on widths, the others are multiplied by C / c of each. The
    crop leaves out what is never seen, unless the ``whole`` map is asked for.
    """
    x, side = shape.x, shape.side
    gradient, window = _pulled_back(shape.runs, shape.num_components, x, side)
    crop = mean_energy(gradient, x)
    diagonals = np.sqrt(np.maximum(gradient.backdrop.sum(axis=0), 0))
    if whole or diagonals.max() > _NOT_SEEN * sqrt(np.max(crop)):
        margins = (window[0], side - 1 - window[1])
        crop, window = np.pad(crop, ((0, 0), margins, margins)), (0, side - 1)
    diagonals = diagonals[:, window[0] : window[1] + 1]
    return crop + diagonals[:, :, None] * diagonals[:, None, :], window


def _pulled_back(
    runs: tuple[_Run, ...], num_components: int, x: Feature, side: int
) -> tuple[Gradient, Window]:
    """The gradient with respect to the input of the first run, and its crop."""
    (steps, times, components), *others = runs
    inputs = outputs(steps, times, x)
    output_side = side_after(side, steps.strides[-1])
    if others:
        gradient, window = _remembered(tuple(others), num_components, inputs[-1], output_side)
    else:
        gradient = centre(num_components, output_side)
        window = output_side // 2, output_side // 2
    for feature in inputs[-2::-1]:
        gradient, window = pull_back(steps, feature, side, components, gradient, window)
    return gradient, window


_remembered = lru_cache(1 << 8)(_pulled_back)  # the ends of stages are often the same


def factors(ratios: Ratios) -> Array:
    """What the components of a stage's energy are multiplied by."""
    return np.array([1.0, *(2.0 ** (ratio / PER_OCTAVE) for ratio in ratios)])
