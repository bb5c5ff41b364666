"""How far the centre of each pyramid level sees: receptive radii in closed form.

The pyramid receptive score (PIS-NAS, eqs. 1 and 2) is defined on gradients of a random network: the
centre of a stage's output is differentiated with respect to the previous stage's output, the
positive part is averaged over channels and inputs, and the radius is the distance to the farthest
position that reaches ``threshold`` times the maximum. Here the *expected* map is computed directly,
without weights, inputs or autograd. In a wide random network with batch-normalised convolutions

* the energy of the gradient (its second moment summed over channels) travels backwards linearly: a
  convolution divides it by its input's variance and spreads it evenly over its k² taps;
* activations gate it: they multiply it by their squared slope. On a sum, the slope depends on the
  value that comes down the shortcut, so a gate is a function of that value until a convolution
  averages it;
* the gradient is Gaussian, so the mean of its positive part is proportional to its root mean
  square.

Widths cancel, so a radius depends on few integers, and is remembered. docs/method.md derives the
rules and names what they leave out.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pisnas_mm.blocks.graph import Act, Add, AvgPool, Chunk, Concat, Conv, Op
from pisnas_mm.genotype import Genotype, by_stage, pyramid
from pisnas_mm.measures.features import (
    GRID,
    ZERO,
    Array,
    Feature,
    activation,
    features,
    normal_through,
    output,
    slope,
)
from pisnas_mm.measures.steps import Step, Steps, steps_of

Window = tuple[int, int]  # first and last index, along either axis, of a square crop


def stage_radii(genotype: Genotype, image_size: int, threshold: float = 0.1) -> tuple[float, ...]:
    """Receptive radii of the pyramid's stages (strides 4, 8, 16, 32), in pixels of the image.

    The first one is that on the image, the others are those on the previous stage's output.

    Args:
        genotype: The architecture.
        image_size: Side of the square input, in pixels.
        threshold: Share of the map's maximum that counts as seen.
    """
    return _stage_radii(tuple(map(steps_of, genotype.blocks)), image_size, threshold)


def receptive_map(genotype: Genotype, stage: int, image_size: int) -> tuple[Array, Window]:
    """The expected map of a stage's centre on the previous stage's output, or on the image.

    Args:
        genotype: The architecture.
        stage: Index of the stage, at least 1; the map of stage 1 is that on the image.
        image_size: Side of the square input, in pixels.

    Returns:
        The map, cropped to where it can differ from 0 and scaled to a maximum of 1, and the first
        and last index of the crop (along either axis) in what it is a map of.
    """
    stages = _stages(tuple(map(steps_of, genotype.blocks)), image_size)
    if not 1 <= stage <= len(stages):
        raise ValueError(f'stage should be from 1 to {len(stages)}, but got {stage}')
    return _stage_map(*stages[stage - 1])


def map_radius(
    seen: Array, window: Window, side: int, image_size: int, threshold: float = 0.1
) -> float:
    """Distance from the image's centre to the farthest pixel that a map says is seen (eq. 2).

    Args:
        seen: A map, cropped to ``window`` in a feature map of ``side``² cells.
        window: First and last index of the crop, along either axis.
        side: Side of the feature map, which is upsampled to the image by nearest neighbours.
        image_size: Side of the square image, in pixels.
        threshold: Share of the map's maximum that counts as seen.
    """
    first, last = window
    # Cell i becomes the pixels ceil(i R / side) to ceil((i + 1) R / side) - 1.
    edges = -(-np.arange(first, last + 2) * image_size // side)
    centre = image_size // 2
    reach = np.maximum(np.abs(edges[:-1] - centre), np.abs(edges[1:] - 1 - centre))
    rows, columns = np.nonzero(seen >= threshold * seen.max())
    return float(np.hypot(reach[rows], reach[columns]).max())


class _Stage(NamedTuple):
    """A stage's blocks, what they get, and its side in pixels."""

    blocks: tuple[Steps, ...]
    x: Feature
    side: int


@lru_cache(1 << 16)
def _stage_radii(blocks: tuple[Steps, ...], image_size: int, threshold: float) -> tuple[float, ...]:
    stages = _stages(blocks, image_size)
    return tuple(_stage_radius(stage, image_size, threshold) for stage in stages)


def _stages(blocks: tuple[Steps, ...], image_size: int) -> list[_Stage]:
    x, side = _STANDARD, image_size
    stages = []
    for stage in pyramid(by_stage(blocks, [steps.strides[-1] for steps in blocks])):
        x = _STANDARD if stage[0].normalises else _known(x)
        stages.append(_Stage(tuple(stage), x, side))
        for steps in stage:
            x = output(steps, x)
            side = -(-side // steps.strides[-1])
    return stages


_STANDARD = Feature(0.0, 1.0)
_KNOWN_FEATURES: dict[tuple[float, bytes], Feature] = {}


def _known(x: Feature) -> Feature:
    """The same object whenever the feature is the same, so that it can key a memory."""
    return _KNOWN_FEATURES.setdefault((x.var, x.density.tobytes()), x)


@lru_cache(1 << 16)
def _stage_radius(stage: _Stage, image_size: int, threshold: float) -> float:
    seen, window = _stage_map(*stage)
    return map_radius(seen, window, stage.side, image_size, threshold)


class _Gate:
    """What scales a gradient, as a function of the feature's value (on ``GRID``)."""

    def __init__(self, values: Array) -> None:
        self.values = values

    def mean(self, feature: Feature) -> float:
        """Its average over a feature's values."""
        return float(self.values @ feature.density)


class _Flow(NamedTuple):
    """A part of the gradient on its way back: energy by position, and a gate (None: 1)."""

    energy: Array
    gate: _Gate | None = None

    def averaged(self, feature: Feature) -> '_Flow':
        """The flow with its gate averaged over the values of the feature it is at."""
        return self if self.gate is None else _Flow(self.energy * self.gate.mean(feature))


def _stage_map(blocks: tuple[Steps, ...], x: Feature, side: int) -> tuple[Array, Window]:
    inputs, sides = [x], [side]
    for steps in blocks:
        inputs.append(output(steps, inputs[-1]))
        sides.append(-(-sides[-1] // steps.strides[-1]))

    window = (sides[-1] // 2, sides[-1] // 2)
    flows = [_Flow(np.ones((1, 1)), _POSITIVE)]
    for steps, feature, side_in in reversed(list(zip(blocks, inputs, sides, strict=False))):
        flows, window = _pull_back(steps, feature, side_in, flows, window)
    (total,) = _merged([flow.averaged(x) for flow in flows])
    return np.sqrt(total.energy / total.energy.max()), window


def _pull_back(
    steps: Steps, x: Feature, side: int, flows: list[_Flow], window: Window
) -> tuple[list[_Flow], Window]:
    """Take the gradient from a block's output to its input."""
    values = features(steps, x)
    windows = _windows(steps, side, window)
    pending: list[list[_Flow]] = [[] for _ in steps]
    pending[-1] = [
        _Flow(_spread(flow.energy, (0, 0), 1, window, windows[-1]), flow.gate) for flow in flows
    ]
    for i in range(len(steps) - 1, 0, -1):
        step = steps[i]
        sources = [values[j] for j in step.sources]
        for flow in _merged(pending[i]):
            passed_on = _RULES[step.op](step, sources, values[i], flow)
            for j, passed in zip(step.sources, passed_on, strict=True):
                spread = _spread(passed.energy, step.taps, step.stride, windows[i], windows[j])
                pending[j].append(_Flow(spread, passed.gate))
    return _merged(pending[0]), windows[0]


def _windows(steps: Steps, side: int, window: Window) -> list[Window]:
    """For every step a crop of its output that holds all the block's output window depends on.

    Steps of equal resolution have equal crops, so that what they exchange need not be moved.
    """
    strides = steps.strides
    needed = {len(steps) - 1: window}
    crops = {strides[-1]: window}
    for i in range(len(steps) - 1, 0, -1):
        (low, high), (first, last), stride = steps[i].taps, needed[i], steps[i].stride
        for j in steps[i].sources:
            end = -(-side // strides[j]) - 1
            reads = max(first * stride + low, 0), min(last * stride + high, end)
            needed[j] = _union(needed.get(j, reads), reads)
            crops[strides[j]] = _union(crops.get(strides[j], reads), needed[j])
    return [crops[stride] for stride in strides]


def _union(a: Window, b: Window) -> Window:
    return min(a[0], b[0]), max(a[1], b[1])


def _merged(flows: list[_Flow]) -> list[_Flow]:
    """The flows, with those that have no gate added up."""
    plain = [flow.energy for flow in flows if flow.gate is None]
    gated = [flow for flow in flows if flow.gate is not None]
    return gated + ([_Flow(sum(plain[1:], plain[0]))] if plain else [])


def _spread(values: Array, taps: Window, stride: int, window: Window, onto: Window) -> Array:
    """Add every value onto all input positions that its output position reads."""
    if window == onto and taps == (0, 0):
        return values
    reads = _reads(taps, stride, window, onto)
    return reads @ values @ reads.T


@lru_cache(1 << 12)
def _reads(taps: Window, stride: int, window: Window, onto: Window) -> Array:
    """Matrix (input × output positions) of what reads what; beyond the image there is nothing."""
    inputs = np.arange(onto[0], onto[1] + 1)[:, None]
    starts = stride * np.arange(window[0], window[1] + 1)[None, :]
    offset = inputs - starts
    return ((offset >= taps[0]) & (offset <= taps[1])).astype(np.float64)


def _through_conv(step: Step, sources: list[Feature], out: Feature, flow: _Flow) -> Iterator[_Flow]:
    before_act = _Flow(flow.energy, _gated(flow.gate, step.act)).averaged(normal_through(None))
    yield _Flow(before_act.energy / (sources[0].var * step.kernel_size**2))


def _through_act(step: Step, sources: list[Feature], out: Feature, flow: _Flow) -> Iterator[_Flow]:
    yield _Flow(flow.energy, _gated(flow.gate, step.act))


def _through_add(step: Step, sources: list[Feature], out: Feature, flow: _Flow) -> Iterator[_Flow]:
    for source, other in zip(sources, reversed(sources), strict=True):
        if flow.gate is None:
            yield flow
        elif source is normal_through(None):  # a linear convolution, which averages all gates
            yield flow.averaged(out)
        else:
            yield _Flow(flow.energy, _on_term(flow.gate, other))


def _through_pool(step: Step, sources: list[Feature], out: Feature, flow: _Flow) -> Iterator[_Flow]:
    yield _Flow(flow.averaged(out).energy / step.stride**4)


def _through_concat(
    step: Step, sources: list[Feature], out: Feature, flow: _Flow
) -> Iterator[_Flow]:
    for source, share in zip(sources, step.shares, strict=True):
        yield _Flow(flow.averaged(source).energy * share)


def _through_chunk(
    step: Step, sources: list[Feature], out: Feature, flow: _Flow
) -> Iterator[_Flow]:
    yield flow


_Rule = Callable[[Step, list[Feature], Feature, _Flow], Iterator[_Flow]]
_RULES: dict[type[Op], _Rule] = {
    Conv: _through_conv,
    Act: _through_act,
    Add: _through_add,
    AvgPool: _through_pool,
    Concat: _through_concat,
    Chunk: _through_chunk,
}


_POSITIVE = _Gate(np.heaviside(GRID, 0.0))  # the ReLU under the mean over channels


@lru_cache(1 << 12)
def _gated(gate: _Gate | None, act: str | None) -> _Gate | None:
    """The gate before an activation: times its squared slope."""
    if act is None:
        return gate
    gain = slope(act, GRID) ** 2
    if gate is not None:
        gain = gain * np.interp(activation(act, GRID), GRID, gate.values)
    return _Gate(gain)


@lru_cache(1 << 12)
def _on_term(gate: _Gate, other: Feature) -> _Gate:
    """A gate on a sum as a gate on one of its terms: E[gate(term + other)]."""
    padded = np.pad(gate.values, (ZERO, GRID.size - ZERO - 1), 'edge')
    return _Gate(np.correlate(padded, other.density, 'valid'))
