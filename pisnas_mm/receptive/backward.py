"""How a gradient travels back through a cell: backward rules, an operation each.

``gradients.py`` says what a gradient is. docs/method.md derives the rules.
"""

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from pisnas_mm.blocks.graph import (
    Act,
    Add,
    Chunk,
    Concat,
    Conv,
    Input,
    MaxPool2x2,
    Multiply,
    Norm,
    SpaceToDepth,
)
from pisnas_mm.blocks.walk import Walk
from pisnas_mm.receptive.features import (
    STANDARD,
    Array,
    Feature,
    batch_variance,
    features,
    gate_factor,
)
from pisnas_mm.receptive.gradients import (
    Fresh,
    Gradient,
    Sent,
    counted,
    gathered,
    in_powers,
    padded,
)
from pisnas_mm.receptive.moments import (
    Moments,
    before,
    moments,
    of_term,
    powers,
    slopes,
    where_largest,
)
from pisnas_mm.receptive.steps import STEPS, Step, Steps
from pisnas_mm.receptive.windows import Window, side_after, spread, spread_diagonal, windows_of

BATCH_SIZE = 8
"""Inputs to a network, as in the released search. It matters where batch norm has few positions."""


def pull_back(
    steps: Steps,
    x: Feature,
    side: int,
    components: Sequence[int],
    gradient: Gradient,
    window: Window,
) -> tuple[Gradient, Window]:
    """Take the gradient from a cell's output to its input.

    Args:
        steps: The cell.
        x: Its input's feature.
        side: Its input's side.
        components: Which one is multiplied by C / c, for every width c of the cell.
        gradient: With respect to its output.
        window: The crop that the gradient's maps are of.

    Returns:
        The gradient with respect to the input, and its crop.
    """
    values = features(steps, x)
    windows = windows_of(steps, side, window)
    sent: list[list[Sent | Fresh]] = [[] for _ in steps]
    sent[-1] = [Sent(padded(gradient, window, windows[-1]), consumer=0)]
    for i in range(len(steps) - 1, 0, -1):
        if not sent[i]:
            continue  # nobody reads it
        step = steps[i]
        first = step.sources[0]
        place = _Place(
            step,
            i,
            components[step.width],
            values[i],
            [values[j] for j in step.sources],
            side_after(side, steps.strides[first]),
            windows[i],
            windows[first],
        )
        arrived = gathered(sent[i], place.component, values[i])
        for j, passed in zip(step.sources, _RULES[step.op](place, arrived), strict=True):
            sent[j].append(passed)
    own = components[steps[0].width]
    return counted(gathered(sent[0], own, x), own, x), windows[0]


class _Place(NamedTuple):
    """A step, its number, what it gives and what it gets.

    ``component`` belongs to its output's width; ``side`` and ``onto`` are its input's.
    """

    step: Step
    number: int
    component: int
    output: Feature
    sources: list[Feature]
    side: int
    window: Window
    onto: Window


class _Averaged(NamedTuple):
    """A gradient averaged over the output of a convolution; see ``Moments``."""

    maps: Array  # (K + 1, h, w): energy, and the amplitude along z
    amplitude: float  # summed over positions
    shared: Array  # (K,)
    off: Array  # (2, K): energy that batch norm takes off, as the mean and as the part along z
    backdrop: Array  # (2, K, S)


def _averaged(gradient: Gradient, of_z: Moments, component: int) -> _Averaged:
    _, energy, aligned, shared, backdrop, taken_off = gradient
    num, *crop = energy.shape[1:]
    flat = energy.reshape(3, -1)
    maps = np.empty((num + 1, *crop))
    np.matmul(of_z.energy, flat, out=maps[:num].reshape(-1))
    constant, amplitude = of_z.amplitude @ aligned.reshape(2, -1)
    maps[num] = amplitude.reshape(crop)
    off = of_z.off_energy @ flat.reshape(3, num, -1).sum(axis=2)
    off += of_z.off_shared @ shared
    mean_off = (of_z.amplitude[0] @ taken_off).sum() * taken_off.shape[1]
    off[0, component] += (constant.sum() - mean_off) ** 2 - constant @ constant
    return _Averaged(maps, amplitude.sum(), of_z.shared @ shared, off, backdrop)


def _averaged_fresh(fresh: Fresh, of_z: Moments, component: int, x: Feature) -> _Averaged:
    """The same, counting the energy of the aligned part on the way."""
    maps, shared, diagonals = fresh
    num, side = len(shared), diagonals.shape[1]
    (one, _, two), (_, constant), (_, along) = of_z.energy, *of_z.amplitude
    aligned, taken_off = maps[num], diagonals[-1]
    squares = aligned * aligned
    square, sums = squares.sum(), maps.reshape(num + 1, -1).sum(axis=1)
    averaged = one * maps
    averaged[component] += two * squares
    np.multiply(aligned, along, out=averaged[num])
    passed = of_z.shared[0] * shared
    passed[component] += of_z.shared[2] * square
    off = of_z.off_energy[:, :1] * sums[:num] + of_z.off_shared[:, :1] * shared
    off[:, component] += square * (of_z.off_energy[:, 2] + of_z.off_shared[:, 2])
    mean_off = taken_off.sum() * side
    off[0, component] += constant**2 * ((sums[num] - mean_off) ** 2 - square)
    backdrop = diagonals[:-1].reshape(2, num, side).copy()
    backdrop[1, component] += x.var * taken_off * taken_off
    return _Averaged(averaged, along * sums[num], passed, off, backdrop)


def _through_conv(place: _Place, gradient: Gradient | Fresh) -> Iterator[Fresh]:
    """Activation, batch norm, convolution: all that arrives is averaged over the output's values.

    A weight has variance 1 / (c_in k² v), v being the variance that batch norm divides by; given
    the output z, it has the mean z (x − E x) times that. What batch norm takes off is the mean over
    batch and positions, and the part along z. It takes the mean off whatever background all inputs
    share, and keeps how the slope varies on it. (What is aligned is so at all positions alike, so
    there it is amplitudes that add up.)
    """
    step, x = place.step, place.sources[0]
    if isinstance(gradient, Fresh):
        of_z = moments(powers(place.output), step.act, BATCH_SIZE)
        averaged = _averaged_fresh(gradient, of_z, place.component, place.output)
    else:
        of_z = moments(gradient.basis, step.act, BATCH_SIZE)
        averaged = _averaged(gradient, of_z, place.component)
    maps, amplitude, shared, off, backdrop = averaged
    variance = batch_variance(step, x, place.side)
    per_tap = 1 / (variance * step.kernel_size**2)
    num, side = len(shared), backdrop.shape[2]
    slope = slopes(step.act, STANDARD)

    maps *= per_tap
    diagonals = np.empty((2 * num + 1, side))
    diagonals[:-1] = (per_tap / side**4 * off).reshape(-1, 1)
    diagonals[num:-1] += (per_tap * slope.variance) * backdrop[0]
    diagonals[num:-1] += (per_tap * slope.square) * backdrop[1]
    diagonals[-1] = per_tap * abs(amplitude) / side**2
    if step.kernel_size > 1 or step.stride > 1:
        maps = spread(maps, step.taps, step.stride, place.window, place.onto)
        diagonals = spread_diagonal(diagonals, step.taps, step.stride, place.side)
    elif place.window != place.onto:
        maps = spread(maps, step.taps, step.stride, place.window, place.onto)
    yield Fresh(maps, shared / variance, diagonals)


def _through_norm(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent]:
    """Batch norm on its own: it divides by the deviation, and takes mean and part along y off.

    No channels are mixed, so how the gradient depends on the feature is kept, in powers of
    d = sqrt(v) y, and so is what is aligned. Of a background that all inputs share nothing is left.
    """
    y, x = place.output, place.sources[0]
    arrived = in_powers(_counted_or_as_is(place, gradient), y)
    of_y = moments(arrived.basis, None, BATCH_SIZE, y)
    averaged = _averaged(arrived, of_y, place.component)
    positions = place.side**2
    backdrop = np.empty_like(arrived.backdrop)
    backdrop[:] = averaged.off[:, :, None] / positions**2
    backdrop[1] += arrived.backdrop[1]
    off = np.abs(arrived.aligned.sum(axis=(1, 2)))[:, None] / positions
    squares, line = _scaling(x.var, 3), _scaling(x.var, 2)
    passed = Gradient(
        powers(x),
        arrived.energy * squares[:, None, None, None] / x.var,
        arrived.aligned * line[:, None, None] / sqrt(x.var),
        arrived.shared * squares[:, None] / x.var,
        backdrop / x.var,
        off * line[:, None] / sqrt(x.var) + np.zeros_like(arrived.off),
    )
    yield Sent(passed, place.number)


def _scaling(var: float, num: int) -> Array:
    """Coefficients of powers of d for those of y = d / sqrt(v)."""
    return var ** (-np.arange(num) / 2)


def _through_act(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent]:
    gradient = _counted_or_as_is(place, gradient)
    slope = slopes(place.step.act, place.sources[0])
    shared, own = gradient.backdrop
    backdrop = np.empty_like(gradient.backdrop)
    backdrop[0] = slope.mean**2 * shared
    backdrop[1] = slope.square * own + (slope.square - slope.mean**2) * shared
    basis = before(gradient.basis, place.step.act)
    yield Sent(gradient._replace(basis=basis, backdrop=backdrop), place.number)


def _counted_or_as_is(place: _Place, gradient: Gradient | Fresh) -> Gradient:
    if isinstance(gradient, Gradient):
        return gradient
    return counted(gradient, place.component, place.output)


def _through_add(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent]:
    gradient = _counted_or_as_is(place, gradient)
    for term, other in zip(place.sources, reversed(place.sources), strict=True):
        basis = of_term(gradient.basis, term, other)
        yield Sent(gradient._replace(basis=basis), place.number)


def _through_concat(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent | Fresh]:
    if isinstance(gradient, Gradient):
        gradient = in_powers(gradient, place.output)
    for share, source in zip(place.step.shares, place.sources, strict=True):
        if isinstance(gradient, Fresh):
            yield Fresh(*(share * part for part in gradient))
        else:
            scaled = Gradient(powers(source), *(share * part for part in gradient[1:]))
            yield Sent(scaled, place.number)


def _through_chunk(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent]:
    # All chunks of a value are one consumer: they have no channel, so no product in common.
    yield Sent(_counted_or_as_is(place, gradient), consumer=-1 - place.step.sources[0])


def _through_multiply(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent | Fresh]:
    """The gate is a constant g: with y = g x, energies get g², and of y's deviation is g x's."""
    factor = gate_factor(place.step)
    if isinstance(gradient, Fresh):
        # The amplitude is along the deviation: g for the gate, and g for that.
        yield Fresh(*(factor**2 * part for part in gradient))
    else:
        _, energy, aligned, shared, backdrop, off = in_powers(gradient, place.output)
        powers_of_g = factor ** np.arange(5.0)
        yield Sent(
            Gradient(
                powers(place.sources[0]),
                powers_of_g[2:, None, None, None] * energy,
                powers_of_g[1:3, None, None] * aligned,
                powers_of_g[2:, None] * shared,
                factor**2 * backdrop,
                powers_of_g[1:3, None] * off,
            ),
            place.number,
        )


def _through_space_to_depth(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent | Fresh]:
    """An input position is a quarter of the channels of one output position.

    So it has a quarter of that one's energy; the amplitude is divided among fewer channels, too.
    """
    step, halves = place.step, np.arange(place.side) // 2

    def onto_input(maps: Array) -> Array:
        return spread(maps, step.taps, step.stride, place.window, place.onto) / 4

    if isinstance(gradient, Fresh):
        yield Fresh(onto_input(gradient.maps), gradient.shared, gradient.diagonals[:, halves] / 4)
    else:
        basis, energy, aligned, shared, backdrop, off = gradient
        yield Sent(
            Gradient(
                basis,
                onto_input(energy),
                onto_input(aligned),
                shared,
                backdrop[..., halves] / 4,
                off[:, halves] / 4,
            ),
            place.number,
        )


def _through_max_pool(place: _Place, gradient: Gradient | Fresh) -> Iterator[Sent]:
    """It goes to the largest of 2×2 values: to a quarter of them, and rather to large ones.

    Of what inputs share each of the four positions has a quarter, as they take turns.
    """
    step, halves = place.step, np.arange(place.side) // 2
    basis, *maps, shared, backdrop, off = _counted_or_as_is(place, gradient)
    energy, aligned = (spread(of, step.taps, step.stride, place.window, place.onto) for of in maps)
    same, own = backdrop[..., halves]
    backdrop = np.stack([same / 16, own / 4 + (1 / 4 - 1 / 16) * same])
    basis = where_largest(basis, place.sources[0])
    yield Sent(Gradient(basis, energy, aligned, 4 * shared, backdrop, off[:, halves]), place.number)


_RULES: Walk[Callable[[_Place, Gradient | Fresh], Iterator[Sent | Fresh]]] = Walk(
    'the closed form of gradients',
    {
        Conv: _through_conv,
        Norm: _through_norm,
        Act: _through_act,
        Add: _through_add,
        Concat: _through_concat,
        Chunk: _through_chunk,
        Multiply: _through_multiply,
        SpaceToDepth: _through_space_to_depth,
        MaxPool2x2: _through_max_pool,
    },
    refused={Input} | STEPS.refused,  # at the input a gradient has arrived
    remedy=STEPS.remedy,
)
