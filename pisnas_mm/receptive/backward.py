"""The backward walk: how a gradient travels back through a cell, operation by operation.

``gradients.py`` says what a gradient is and has the legend of shapes; docs/receptive.md derives the
rules.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from pisnas_mm.blocks.graph import (
    Act,
    Add,
    ChannelShuffle,
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
from pisnas_mm.receptive.activations import gate_factor
from pisnas_mm.receptive.features import STANDARD, Array, Feature
from pisnas_mm.receptive.forward import batch_variance, features
from pisnas_mm.receptive.gradients import (
    OWN,
    SHARED,
    Fresh,
    Gradient,
    Sent,
    gathered,
    padded,
    products,
)
from pisnas_mm.receptive.polynomials import (
    before,
    of_term,
    powers,
    slope_moments,
    squared,
    where_largest,
)
from pisnas_mm.receptive.shortcuts import Shortcut, split
from pisnas_mm.receptive.steps import STEPS, Step, Steps
from pisnas_mm.receptive.windows import Window, side_after, spread, spread_diagonals, windows_of

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
    sent: list[list[Sent]] = [[] for _ in steps]
    sent[-1] = [(0, padded(gradient, window, windows[-1]))]
    for i in range(len(steps) - 1, 0, -1):
        step = steps[i]
        first = step.sources[0]
        place = _Place(
            step,
            components[step.width],
            values[i],
            [values[j] for j in step.sources],
            side_after(side, steps.strides[first]),
            windows[i],
            windows[first],
        )
        arrived = gathered(sent[i], place.component, place.output)
        # All chunks of a value are one consumer: they have no channel in common.
        consumer = -1 if step.op is Chunk else i
        for j, part in zip(step.sources, _RULES[step.op](place, arrived), strict=True):
            sent[j].append((consumer, part))
    own = components[steps[0].width]
    return gathered(sent[0], own, x).complete(own, x).in_powers(x), windows[0]


class _Place(NamedTuple):
    """A step, the component of its output's width, and what it gives and gets."""

    step: Step
    component: int
    output: Feature
    sources: list[Feature]
    side: int  # of its sources
    window: Window  # crop of its output
    source_window: Window

    def spread(self, maps: Array) -> Array:
        """Maps, (..., h, w), from the output's crop to the source's."""
        return spread(maps, self.step.taps, self.step.stride, self.window, self.source_window)

    def spread_diagonals(self, diagonals: Array) -> Array:
        """Whole maps, by their diagonals, (..., S)."""
        return spread_diagonals(diagonals, self.step.taps, self.step.stride, self.side)


def _through_conv(place: _Place, gradient: Fresh | Gradient) -> list[Fresh]:
    """Activation, batch norm, convolution: all that arrives is averaged over the output's values.

    A weight has variance 1 / (c_in k² v), v being the variance that batch norm divides by; given
    the output z, it has the mean z (x − E x) times that. What batch norm removes is the mean over
    batch and positions, and the part along z. It takes the mean off whatever background all inputs
    share, and keeps how the slope varies on it. (What is aligned is so at all positions alike, so
    there it is amplitudes that add up.)
    """
    step = place.step
    at_z = gradient.averaged(step.act, BATCH_SIZE, place.component, place.output)
    variance = batch_variance(step, place.sources[0], place.side)
    per_tap = 1 / (variance * step.kernel_size**2)
    num, side = at_z.backdrop.shape[1:]
    mean, along, square = slope_moments(step.act, STANDARD)
    varying = max(square - mean**2 - along**2, 0.0)
    maps = np.multiply(at_z.maps, per_tap, out=at_z.maps)
    passed = Fresh(maps, at_z.shared / variance, np.empty((2 * num + 1, side)))
    backdrop = passed.backdrop
    backdrop[:] = (per_tap / side**4 * at_z.removed)[..., None]
    backdrop[OWN] += (per_tap * varying) * at_z.backdrop[SHARED]
    backdrop[OWN] += (per_tap * square) * at_z.backdrop[OWN]
    passed.backdrop_aligned[:] = per_tap * abs(at_z.along) / side**2
    return [passed.moved(place.spread, place.spread_diagonals)]


def _through_norm(place: _Place, gradient: Fresh | Gradient) -> list[Gradient]:
    """Batch norm on its own: it divides by the deviation, and removes mean and part along y.

    No channels are mixed, so how the gradient depends on the feature is kept, and so is what is
    aligned. Of a background that all inputs share nothing is left.
    """
    y, positions = place.output, place.side**2
    arrived = gradient.complete(place.component, y).in_powers(y)
    at_y = arrived.averaged(None, BATCH_SIZE, place.component, y, y)
    removed, along = at_y.removed, at_y.maps[-1]
    removed[1, place.component] += at_y.along**2 - np.vdot(along, along)
    backdrop = np.empty_like(arrived.backdrop)
    backdrop[:] = removed[..., None] / positions**2
    backdrop[OWN] += arrived.backdrop[OWN]
    aligned = np.abs(arrived.aligned.sum(axis=(1, 2)))[:, None] / positions
    aligned = np.broadcast_to(aligned, arrived.backdrop_aligned.shape)
    passed = arrived._replace(backdrop=backdrop, backdrop_aligned=aligned)
    (x,) = place.sources
    return [passed.of_scaled(x, x.var)]


def _through_act(place: _Place, gradient: Fresh | Gradient) -> list[Gradient]:
    """The slope multiplies; its mean keeps what inputs share of a background, the rest does not."""
    step, passed = place.step, gradient.complete(place.component, place.output)
    mean, _, square = slope_moments(step.act, place.sources[0])
    backdrop, (shared, own) = np.empty_like(passed.backdrop), passed.backdrop
    backdrop[SHARED] = mean**2 * shared
    backdrop[OWN] = square * own + (square - mean**2) * shared
    return [passed._replace(basis=before(passed.basis, step.act), backdrop=backdrop)]


def _through_add(place: _Place, gradient: Fresh | Gradient) -> list[Gradient]:
    """Both terms get it, averaged over the other one."""
    passed = gradient.complete(place.component, place.output)
    if isinstance(place.output, Shortcut):
        return _through_shortcut(place, passed, place.output)
    x, y = place.sources
    return [
        passed._replace(basis=of_term(passed.basis, term, other))
        for term, other in ((x, y), (y, x))
    ]


def _through_shortcut(place: _Place, gradient: Gradient, total: Shortcut) -> list[Gradient]:
    """Of x + r, r having the slope T: x gets 1 + 2 T of the energy, r's own way back has T².

    Less what both ways' amplitudes come to as a product where they meet, at x.
    """
    parts, x = split(total, gradient.basis), total.term
    to_x, sloped = gradient.changed(parts.term, x), gradient.changed(parts.sloped, x)
    energy, backdrop = to_x.energy + 2 * sloped.energy, to_x.backdrop.copy()
    energy[:, place.component] -= 2 * products(to_x.aligned, sloped.aligned)
    both = squared(parts.term.amplitude + parts.sloped.amplitude) - parts.sloped.shared
    constant, slope = to_x.backdrop_aligned
    own = to_x.backdrop[OWN].copy()
    own[place.component] -= constant**2 + x.var * slope**2
    backdrop[OWN] += 2 * total.slope * own
    to_x = to_x._replace(energy=energy, shared=both @ gradient.shared, backdrop=backdrop)
    to_r = gradient.changed(parts.other, total.other)
    return [to_x if source is x else to_r for source in place.sources]


def _through_concat(place: _Place, gradient: Fresh | Gradient) -> list[Fresh | Gradient]:
    """Every source gets its share of the channels."""
    if isinstance(gradient, Gradient):
        gradient = gradient.in_powers(place.output)
    parts = [gradient.scaled(share) for share in place.step.shares]
    return [
        part._replace(basis=powers(x)) if isinstance(part, Gradient) else part
        for part, x in zip(parts, place.sources, strict=True)
    ]


def _through_chunk(place: _Place, gradient: Fresh | Gradient) -> list[Gradient]:
    """The value gets it in the chunk's channels, a smaller share of more of them."""
    return [gradient.complete(place.component, place.output)]


def _through_shuffle(place: _Place, gradient: Fresh | Gradient) -> list[Fresh | Gradient]:
    """What is known of all channels does not ask for their order."""
    return [gradient]


def _through_multiply(place: _Place, gradient: Fresh | Gradient) -> list[Fresh | Gradient]:
    """The gate is a constant g: energies get g², and of y's deviation is g times x's."""
    factor = gate_factor(place.step.act)
    if isinstance(gradient, Fresh):
        # The amplitude is along the deviation: g for the gate, and g for that.
        return [gradient.scaled(factor**2)]
    (x,) = place.sources
    return [gradient.in_powers(place.output).of_scaled(x, factor**-2)]


def _through_space_to_depth(place: _Place, gradient: Fresh | Gradient) -> list[Fresh | Gradient]:
    """An input position is a quarter of the channels of one output position.

    So it has a quarter of that one's energy; the amplitude is divided among fewer channels, too.
    """
    halves = np.arange(place.side) // 2
    return [
        gradient.moved(
            lambda maps: place.spread(maps) / 4, lambda diagonals: diagonals[..., halves] / 4
        )
    ]


def _through_max_pool(place: _Place, gradient: Fresh | Gradient) -> list[Gradient]:
    """It goes to the largest of 2×2 values: to a quarter of them, and rather to large ones.

    Of what inputs share each of the four positions has a quarter, as they take turns.
    """
    halves, (x,) = np.arange(place.side) // 2, place.sources
    passed = gradient.complete(place.component, place.output)
    passed = passed.moved(place.spread, lambda diagonals: diagonals[..., halves])
    backdrop, (shared, own) = np.empty_like(passed.backdrop), passed.backdrop
    backdrop[SHARED] = shared / 16
    backdrop[OWN] = own / 4 + (1 / 4 - 1 / 16) * shared
    basis = where_largest(passed.basis, x)
    return [passed._replace(basis=basis, shared=4 * passed.shared, backdrop=backdrop)]


_RULES: Walk[Callable[[_Place, Fresh | Gradient], Sequence[Fresh | Gradient]]] = Walk(
    'the closed form of gradients',
    {
        Conv: _through_conv,
        Norm: _through_norm,
        Act: _through_act,
        Add: _through_add,
        Concat: _through_concat,
        Chunk: _through_chunk,
        ChannelShuffle: _through_shuffle,
        Multiply: _through_multiply,
        SpaceToDepth: _through_space_to_depth,
        MaxPool2x2: _through_max_pool,
    },
    refused={Input} | STEPS.refused,  # at the input a gradient has arrived
    remedy=STEPS.remedy,
)
