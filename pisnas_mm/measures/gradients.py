"""How a gradient travels back through a wide random network: backward rules, an operation each.

Differentiated is the mean over the C channels of a stage's rectified output at its centre. At a
value with c channels and features x, the gradient is described by four parts, each with a rule for
every operation (docs/method.md derives them):

* energy: C · (sum over channels of the squared gradient), for every position. As the slope at a
  feature's sum with another depends on the feature, energy comes with a profile, a function of x.
* aligned: the gradient's mean, amplitude(position) · profile(x) / c in every channel. It arises as
  the weights that x has met are the weights that the gradient comes back through.
* shared: the energy of the gradient's mean over inputs, summed over positions.
* backdrop: the energy, all over the map, of what batch norm takes off the gradient: its mean over
  the batch, and its part along the normalised output.

Whole maps (of the backdrop) are taken for outer products of a vector with itself and given by their
diagonals; the others are crops.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np

from pisnas_mm.blocks.graph import Act, Add, Chunk, Concat, Conv, Op
from pisnas_mm.measures.features import (
    GRID,
    STANDARD,
    ZERO,
    Array,
    Feature,
    activation,
    batch_variance,
    features,
    slope,
)
from pisnas_mm.measures.steps import PER_OCTAVE, Step, Steps
from pisnas_mm.measures.windows import (
    Window,
    side_after,
    spread,
    spread_diagonal,
    windows_of,
)

BATCH_SIZE = 8
"""Inputs to a network, as in the released search. It matters where batch norm has few positions."""


class Profile:
    """A function of a feature's value, on ``GRID``; equal ones are the same object."""

    def __init__(self, values: Array, deviation: bool = False) -> None:
        self.values = values
        self.is_deviation = deviation  # the feature's value less its mean

    def mean(self, feature: Feature) -> float:
        """Its average over a feature's values."""
        return float(self.values @ feature.density)

    @cached_property
    def moments(self) -> tuple[float, float, float]:
        """E[f(z)], E[z f(z)] and E[z² f(z)] over a standard normal z."""
        weighted = STANDARD.density * self.values
        return float(weighted.sum()), float(weighted @ GRID), float(weighted @ GRID**2)


ONE = Profile(np.ones_like(GRID))
POSITIVE = Profile(np.heaviside(GRID, 0.0))  # the ReLU under the mean over channels


class Energy(NamedTuple):
    """Energy by position, to be multiplied by a function of the feature."""

    map: Array
    profile: Profile


class Aligned(NamedTuple):
    """Amplitude by position; ``off`` (a diagonal) is what batch norm takes off it, everywhere.

    Energy holds the products of what one ``consumer`` of the value has sent; what has come out of
    convolutions (None) is not in the energy yet.
    """

    map: Array
    off: Array
    profile: Profile
    consumer: int | None


class Shared(NamedTuple):
    """Energy of the mean over inputs: ``total`` · (mean of the profile)²."""

    total: float
    profile: Profile


class Backdrop(NamedTuple):
    """Diagonals of the energy that all inputs share, and of the energy that differs."""

    shared: Array
    own: Array


@dataclass
class Gradient:
    """A gradient with respect to a value; see the module."""

    energy: list[Energy] = field(default_factory=list)
    aligned: list[Aligned] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)
    backdrop: Backdrop = field(default_factory=lambda: Backdrop(np.zeros(1), np.zeros(1)))

    def add(self, other: 'Gradient') -> None:
        """Take what one more consumer of the value sends."""
        self.energy += other.energy
        self.aligned += other.aligned
        self.shared += other.shared
        self.backdrop = Backdrop(*map(np.add, self.backdrop, other.backdrop))

    def scaled(self, factor: float) -> 'Gradient':
        """As many of the channels."""
        return Gradient(
            [Energy(factor * e.map, e.profile) for e in self.energy],
            [a._replace(map=factor * a.map, off=factor * a.off) for a in self.aligned],
            [Shared(factor * s.total, s.profile) for s in self.shared],
            Backdrop(factor * self.backdrop.shared, factor * self.backdrop.own),
        )

    def seen_through(self, view: Callable[[Profile, int], Profile], consumer: int) -> 'Gradient':
        """With profiles of another value: ``view(profile, 2)`` for squares, 1 for amplitudes."""
        return Gradient(
            [Energy(e.map, view(e.profile, 2)) for e in self.energy],
            [Aligned(a.map, a.off, view(a.profile, 1), consumer) for a in self.aligned],
            [Shared(s.total, view(s.profile, 1)) for s in self.shared],
            self.backdrop,
        )


def centre() -> Gradient:
    """The gradient with respect to the stage's output, at its centre."""
    one = np.ones((1, 1))
    aligned = Aligned(one, np.zeros(1), POSITIVE, consumer=0)
    return Gradient([Energy(one, POSITIVE)], [aligned], [Shared(1.0, POSITIVE)])


def pull_back(
    steps: Steps, x: Feature, side: int, narrower: int, gradient: Gradient, window: Window
) -> tuple[Gradient, Window]:
    """Take the gradient from a block's output to its input.

    Args:
        steps: The block.
        x: Its input's feature.
        side: Its input's side.
        narrower: How many quarter octaves its output is narrower than the stage's.
        gradient: With respect to its output.
        window: The crop that the gradient's maps are of.

    Returns:
        The gradient with respect to the input, and its crop.
    """
    values = features(steps, x)
    windows = windows_of(steps, side, window)
    ratios = [2.0 ** ((narrower + step.narrowing) / PER_OCTAVE) for step in steps]  # C / c
    pending = [Gradient() for _ in steps]
    sides = [side_after(side, stride) for stride in steps.strides]
    pending[-1] = _moved(gradient, _ITSELF, sides[-1], window, windows[-1])
    for i in range(len(steps) - 1, -1, -1):
        if not pending[i].energy:
            continue  # nobody reads it
        if steps[i].op is not Concat:  # whose parts, with means of their own, are counted alone
            pending[i] = _counted(pending[i], ratios[i], values[i])
        if i == 0:
            break
        step = steps[i]
        sources = [values[j] for j in step.sources]
        place = _Place(step, i, sources, sides[step.sources[0]], ratios[i])
        for j, sent in zip(step.sources, _RULES[step.op](place, pending[i]), strict=True):
            pending[j].add(_moved(sent, step, sides[j], windows[i], windows[j]))
    return pending[0].seen_through(_as_it_is, consumer=0), windows[0]


_ITSELF = Step(Conv, (), 0)  # reads what it gives


def _moved(sent: Gradient, step: Step, side: int, window: Window, onto: Window) -> Gradient:
    """From a step's output to its input, of ``side``² positions: taps add up."""
    if step.kernel_size == step.stride == 1 and window == onto:
        return sent
    taps, stride = step.taps, step.stride

    def diagonal(values: Array) -> Array:
        return spread_diagonal(values, taps, stride, side) if len(values) > 1 else values

    return Gradient(
        [Energy(spread(e.map, taps, stride, window, onto), e.profile) for e in sent.energy],
        [
            a._replace(map=spread(a.map, taps, stride, window, onto), off=diagonal(a.off))
            for a in sent.aligned
        ],
        sent.shared,
        Backdrop(diagonal(sent.backdrop.shared), diagonal(sent.backdrop.own)),
    )


def _counted(gradient: Gradient, ratio: float, feature: Feature) -> Gradient:
    """Add up what has the same profile, and put the aligned part's energy into the energy."""
    aligned = list(_summed(gradient.aligned))
    energy, shared = list(gradient.energy), list(gradient.shared)
    own = gradient.backdrop.own
    for a, b in combinations_with_replacement(aligned, 2):
        if a.consumer is None or a.consumer != b.consumer:
            times = ratio if a is b else 2 * ratio
            profile = _product(a.profile, b.profile)
            energy.append(Energy(times * a.map * b.map, profile))
            if a.off.any() and b.off.any():
                own = own + times * profile.mean(feature) * a.off * b.off
    shared += [
        Shared(ratio * float((a.map**2).sum()), a.profile) for a in aligned if a.consumer is None
    ]
    return Gradient(
        [Energy(sum(maps[1:], maps[0]), p) for p, maps in _by_profile(energy)],
        aligned,
        [Shared(sum(totals), p) for p, totals in _by_profile(shared)],
        Backdrop(gradient.backdrop.shared, own),
    )


def _summed(aligned: Iterable[Aligned]) -> Iterator[Aligned]:
    """Parts of equal profile and consumer as one."""
    groups: dict[tuple[int | None, Profile], Aligned] = {}
    for a in aligned:
        key = a.consumer, a.profile
        other = groups.get(key)
        groups[key] = a._replace(map=a.map + other.map, off=a.off + other.off) if other else a
    yield from groups.values()


def _by_profile(parts: Iterable[tuple[Any, Profile]]) -> Iterable[tuple[Profile, list[Any]]]:
    groups: dict[Profile, list[Any]] = {}
    for amount, profile in parts:
        groups.setdefault(profile, []).append(amount)
    return groups.items()


class _Place(NamedTuple):
    """A step, its number, what it gets, its input's side, and C / c of its output."""

    step: Step
    number: int
    sources: list[Feature]
    side: int
    ratio: float


def _through_conv(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    """Activation, batch norm, convolution: all that arrives is averaged over the output's values.

    A weight has variance 1 / (c_in k² v), v being the variance that batch norm divides by; given
    the output z, it has the mean z (x − E x) times that.
    """
    step, x = place.step, place.sources[0]
    variance = batch_variance(step, x, place.side)
    side = side_after(place.side, step.stride)
    positions = side**2

    energy, curvature = np.zeros(()), 0.0
    for e in gradient.energy:
        mean, _, second = _before(e.profile, step.act, 2).moments
        energy = energy + e.map * mean
        curvature += float(e.map.sum()) * second
    common = tilt = 0.0
    for s in gradient.shared:
        mean, along_z, _ = _before(s.profile, step.act, 1).moments
        common += s.total * mean**2
        tilt += s.total * along_z**2
    amplitude, constant, taken_off = np.zeros_like(energy), np.zeros_like(energy), 0.0
    for a in gradient.aligned:
        mean, along_z, _ = _before(a.profile, step.act, 1).moments
        amplitude = amplitude + a.map * along_z
        constant = constant + a.map * mean
        taken_off += float(a.off.mean()) * positions * mean

    # What batch norm takes off: the mean over batch and positions, and the part along z. It takes
    # the mean off whatever background all inputs share, and keeps how the slope varies on it.
    # (What is aligned is so at all positions alike, so there it is amplitudes that add up.)
    differing = max(float(energy.sum()) - common, 0.0)
    jointly = (float(constant.sum()) - taken_off) ** 2 - float((constant**2).sum())
    off_mean = (common + differing / BATCH_SIZE + place.ratio * jointly) / positions**2
    off_along_z = (tilt + curvature / BATCH_SIZE) / positions**2
    before = gradient.backdrop
    slope_mean, slope_along_z, _ = _before(ONE, step.act, 1).moments
    slope_energy = _before(ONE, step.act, 2).moments[0]
    varying = slope_energy - slope_mean**2 - slope_along_z**2
    own = off_along_z + before.own * slope_energy + before.shared * max(varying, 0.0)

    per_tap = 1 / (variance * step.kernel_size**2)
    everywhere = np.full(side, per_tap)
    off = everywhere * abs(float(amplitude.sum())) / positions
    yield Gradient(
        [Energy(energy * per_tap, ONE)],
        [Aligned(amplitude * per_tap, off, _deviation(x), None)],
        [Shared(common / variance, ONE)],
        Backdrop(everywhere * off_mean, everywhere * own),
    )


def _through_act(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    act, x = place.step.act, place.sources[0]
    sent = gradient.seen_through(lambda f, power: _before(f, act, power), place.number)
    shared, own = gradient.backdrop
    alike = _before(ONE, act, 1).mean(x) ** 2
    passed = _before(ONE, act, 2).mean(x)
    sent.backdrop = Backdrop(shared * alike, own * passed + shared * (passed - alike))
    yield sent


def _through_add(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    for term, other in zip(place.sources, reversed(place.sources), strict=True):

        def on_term(
            f: Profile, power: int, term: Feature = term, other: Feature = other
        ) -> Profile:
            return _on_term(f, term, other)

        yield gradient.seen_through(on_term, place.number)


def _through_concat(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    for share, source in zip(place.step.shares, place.sources, strict=True):
        part = gradient.scaled(share)
        part.aligned = [
            a._replace(profile=_deviation(source)) if a.profile.is_deviation else a
            for a in part.aligned
        ]
        yield part


def _through_chunk(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    # All chunks of a value are one consumer: they have no channel, so no product in common.
    yield gradient.seen_through(_as_it_is, consumer=-1 - place.step.sources[0])


_RULES: dict[type[Op], Callable[[_Place, Gradient], Iterator[Gradient]]] = {
    Conv: _through_conv,
    Act: _through_act,
    Add: _through_add,
    Concat: _through_concat,
    Chunk: _through_chunk,
}


def _as_it_is(profile: Profile, power: int) -> Profile:
    return profile


@lru_cache(1 << 14)
def _before(profile: Profile, act: str | None, power: int) -> Profile:
    """The profile before an activation: times its slope, or its squared slope."""
    if act is None:
        return profile
    values = slope(act, GRID) ** power
    if profile is not ONE:
        values = values * np.interp(activation(act, GRID), GRID, profile.values)
    return Profile(values)


@lru_cache(1 << 14)
def _on_term(profile: Profile, term: Feature, other: Feature) -> Profile:
    """A profile of a sum as one of its first term: E[profile(term + other)]."""
    if profile is ONE:
        return ONE
    if profile.is_deviation:
        return _deviation(term)
    f = profile.values
    below = f[0] - (f[1] - f[0]) * np.arange(ZERO, 0, -1)
    above = f[-1] + (f[-1] - f[-2]) * np.arange(1, GRID.size - ZERO)
    return Profile(np.correlate(np.concatenate([below, f, above]), other.density, 'valid'))


@lru_cache(1 << 14)
def _product(f: Profile, g: Profile) -> Profile:
    return Profile(f.values * g.values)


@lru_cache(1 << 12)
def _deviation(x: Feature) -> Profile:
    return Profile(GRID - x.mean, deviation=True)
