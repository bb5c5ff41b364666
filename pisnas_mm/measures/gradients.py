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

Energies are linear in the ratios C / c. Arrays of them have a first axis of components: what does
not depend on ratios, then what is to be multiplied by each of them.

Whole maps (of the backdrop) are taken for outer products of a vector with itself and given by their
diagonals; the others are crops.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np

from pisnas_mm.blocks.graph import Act, Add, Chunk, Concat, Conv, Op
from pisnas_mm.measures.features import Array, Feature, batch_variance, features
from pisnas_mm.measures.profiles import (
    ONE,
    POSITIVE,
    Profile,
    before,
    deviation,
    line,
    on_term,
    product,
    ratio,
)
from pisnas_mm.measures.steps import Step, Steps
from pisnas_mm.measures.windows import (
    Window,
    side_after,
    spread,
    spread_diagonal,
    windows_of,
)

BATCH_SIZE = 8
"""Inputs to a network, as in the released search. It matters where batch norm has few positions."""

_OLD = 1  # activations after which profiles on a shortcut are taken to have the same shape


Amounts = dict[Profile, Array]
"""Components (times positions) of what is to be multiplied by a function of the feature."""


class Aligned(NamedTuple):
    """Amplitude by position; ``off`` (a diagonal) is what batch norm takes off it, everywhere.

    Energy holds the products of what one ``consumer`` of the value has sent; what has come out of
    convolutions (None) is not in the energy yet.
    """

    map: Array
    off: Array
    profile: Profile
    consumer: int | None


class Backdrop(NamedTuple):
    """Components of the energy that all inputs share, and that differs; diagonals."""

    shared: Array
    own: Array


class Gradient(NamedTuple):
    """A gradient with respect to a value; see the module. ``shared`` multiplies squared means."""

    energy: Amounts
    aligned: list[Aligned]
    shared: Amounts
    backdrop: Backdrop


def centre(num_components: int) -> Gradient:
    """The gradient with respect to the stage's output, at its centre."""
    one, nothing = np.ones((1, 1)), np.zeros((num_components, 1))
    unit = np.eye(num_components, 1)
    aligned = Aligned(one, np.zeros(1), POSITIVE, consumer=0)
    return Gradient(
        {POSITIVE: unit[..., None]}, [aligned], {POSITIVE: unit[:, 0]}, Backdrop(nothing, nothing)
    )


def pull_back(
    steps: Steps, x: Feature, side: int, component: int, gradient: Gradient, window: Window
) -> tuple[Gradient, Window]:
    """Take the gradient from a cell's output to its input.

    Args:
        steps: The cell.
        x: Its input's feature.
        side: Its input's side.
        component: Which one is multiplied by C / (the first width of the cell's block).
        gradient: With respect to its output.
        window: The crop that the gradient's maps are of.

    Returns:
        The gradient with respect to the input, and its crop.
    """
    values = features(steps, x)
    windows = windows_of(steps, side, window)
    sides = [side_after(side, stride) for stride in steps.strides]
    sent: list[list[Gradient]] = [[] for _ in steps]
    sent[-1] = [_moved(gradient, _ITSELF, sides[-1], window, windows[-1])]
    for i in range(len(steps) - 1, 0, -1):
        if not sent[i]:
            continue  # nobody reads it
        step = steps[i]
        # The parts of a concatenation are counted one by one: each has a mean of its own.
        counted = None if step.op is Concat else component + step.width
        arrived = _gathered(sent[i], counted, values[i])
        sources = [values[j] for j in step.sources]
        place = _Place(step, i, sources, sides[step.sources[0]], component + step.width)
        for j, passed in zip(step.sources, _RULES[step.op](place, arrived), strict=True):
            sent[j].append(_moved(passed, step, sides[j], windows[i], windows[j]))
    arrived = _gathered(sent[0], component + steps[0].width, x)
    return _seen_through(arrived, _as_it_is, consumer=0), windows[0]


_ITSELF = Step(Conv, (), 0)  # reads what it gives


def _moved(sent: Gradient, step: Step, side: int, window: Window, onto: Window) -> Gradient:
    """From a step's output to its input, of ``side``² positions: taps add up."""
    if step.kernel_size == step.stride == 1 and window == onto:
        return sent
    taps, stride = step.taps, step.stride

    def diagonal(values: Array) -> Array:
        return spread_diagonal(values, taps, stride, side) if values.shape[-1] > 1 else values

    return Gradient(
        {f: spread(maps, taps, stride, window, onto) for f, maps in sent.energy.items()},
        [
            Aligned(spread(a.map, taps, stride, window, onto), diagonal(a.off), *a[2:])
            for a in sent.aligned
        ],
        sent.shared,
        Backdrop(diagonal(sent.backdrop.shared), diagonal(sent.backdrop.own)),
    )


def _gathered(sent: list[Gradient], component: int | None, x: Feature) -> Gradient:
    """Add up what a value's consumers send, and count the aligned part's energy, if said where."""
    energy = _added([gradient.energy for gradient in sent], x, 1)
    shared = _added([gradient.shared for gradient in sent], x, 2)
    aligned = list(_summed(a for gradient in sent for a in gradient.aligned))
    common = reduce(np.add, [gradient.backdrop.shared for gradient in sent])
    own = reduce(np.add, [gradient.backdrop.own for gradient in sent])
    if component is None:
        return Gradient(energy, aligned, shared, Backdrop(common, own))
    for a, b in combinations_with_replacement(aligned, 2):
        if a.consumer is None or a.consumer != b.consumer:
            times, profile = (1 if a is b else 2), product(a.profile, b.profile)
            _add(energy, profile, component, times * a.map * b.map)
            if a.off.size > 1 and b.off.size > 1:  # else one of them is 0
                own = own + np.zeros_like(a.off)  # a copy, of the whole map
                own[component] += times * profile.mean(x) * a.off * b.off
    for a in aligned:
        if a.consumer is None:
            _add(shared, a.profile, component, (a.map**2).sum())
    return Gradient(energy, aligned, shared, Backdrop(common, own))


def _added(parts: list[Amounts], x: Feature, power: int) -> Amounts:
    """Sums by profile. Old profiles differ by factors only, and become one."""
    total: Amounts = {}
    old = next((f for amounts in parts for f in amounts if f.age == _OLD), None)
    for amounts in parts:
        for profile, amount in amounts.items():
            if old is not None and profile.age > _OLD:
                amount, profile = amount * ratio(profile, old, x) ** power, old
            total[profile] = total[profile] + amount if profile in total else amount
    return total


def _add(amounts: Amounts, profile: Profile, component: int, amount: Array) -> None:
    """Add to one component."""
    like = next(iter(amounts.values()))
    into = amounts[profile].copy() if profile in amounts else np.zeros_like(like)
    into[component] += amount
    amounts[profile] = into


def _summed(aligned: Iterable[Aligned]) -> Iterable[Aligned]:
    """Parts of equal profile and consumer as one."""
    groups: dict[tuple[int | None, Profile], Aligned] = {}
    for a in aligned:
        key = a.consumer, a.profile
        other = groups.get(key)
        groups[key] = Aligned(a.map + other.map, a.off + other.off, *a[2:]) if other else a
    return groups.values()


class _Place(NamedTuple):
    """A step, its number, what it gets, its input's side, and its component (see ``pull_back``)."""

    step: Step
    number: int
    sources: list[Feature]
    side: int
    component: int


def _through_conv(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    """Activation, batch norm, convolution: all that arrives is averaged over the output's values.

    A weight has variance 1 / (c_in k² v), v being the variance that batch norm divides by; given
    the output z, it has the mean z (x − E x) times that.
    """
    step, x = place.step, place.sources[0]
    variance = batch_variance(step, x, place.side)
    side = side_after(place.side, step.stride)
    positions = side**2

    squares = [before(f, step.act, 2).moments for f in gradient.energy]
    maps = list(gradient.energy.values())
    sums = [m.reshape(len(m), -1).sum(axis=1) for m in maps]
    energy = _mixed([mean for mean, _, _ in squares], maps)
    total = _mixed([mean for mean, _, _ in squares], sums)
    curvature = _mixed([second for _, _, second in squares], sums)

    means = [before(f, step.act, 1).moments for f in gradient.shared]
    shared = list(gradient.shared.values())
    common = _mixed([mean**2 for mean, _, _ in means], shared)
    tilt = _mixed([along_z**2 for _, along_z, _ in means], shared)

    slopes = [before(a.profile, step.act, 1).moments for a in gradient.aligned]
    constant = _mixed([mean for mean, _, _ in slopes], [a.map for a in gradient.aligned])
    amplitude = _mixed([along_z for _, along_z, _ in slopes], [a.map for a in gradient.aligned])
    taken_off = sum(
        mean * float(a.off.sum()) * positions / a.off.size
        for (mean, _, _), a in zip(slopes, gradient.aligned, strict=True)
    )

    # What batch norm takes off: the mean over batch and positions, and the part along z. It takes
    # the mean off whatever background all inputs share, and keeps how the slope varies on it.
    # (What is aligned is so at all positions alike, so there it is amplitudes that add up.)
    off_mean = common + (total - common) / BATCH_SIZE
    off_mean[place.component] += (constant.sum() - taken_off) ** 2 - (constant**2).sum()
    off_along_z = tilt + curvature / BATCH_SIZE
    slope_mean, slope_along_z, _ = before(ONE, step.act, 1).moments
    slope_energy = before(ONE, step.act, 2).moments[0]
    varying = max(slope_energy - slope_mean**2 - slope_along_z**2, 0.0)
    backdrop = gradient.backdrop
    own = backdrop.own * slope_energy + backdrop.shared * varying

    per_tap = 1 / (variance * step.kernel_size**2)
    everywhere = np.ones(side)
    off = everywhere * (per_tap * abs(amplitude.sum()) / positions)
    share = per_tap / positions**2
    yield Gradient(
        {ONE: per_tap * energy},
        [Aligned(per_tap * amplitude, off, deviation(x), None)],
        {ONE: common / variance},
        Backdrop(
            (share * off_mean)[:, None] * everywhere,
            (share * off_along_z)[:, None] + per_tap * own * everywhere,
        ),
    )


def _mixed(weights: list[float], arrays: list[Array]) -> Array:
    """The weighted sum."""
    return reduce(np.add, [w * array for w, array in zip(weights, arrays, strict=True)])


def _through_act(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    act, x = place.step.act, place.sources[0]
    shared, own = gradient.backdrop
    alike = before(ONE, act, 1).mean(x) ** 2
    passed = before(ONE, act, 2).mean(x)
    backdrop = Backdrop(shared * alike, own * passed + shared * (passed - alike))
    sent = _seen_through(gradient, lambda f, power: before(f, act, power), place.number)
    yield sent._replace(backdrop=backdrop)


def _through_add(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    for term, other in zip(place.sources, reversed(place.sources), strict=True):

        def from_term(
            f: Profile, power: int, term: Feature = term, other: Feature = other
        ) -> Profile:
            return on_term(f, term, other)

        sent = _seen_through(gradient, from_term, place.number)
        yield sent._replace(aligned=[b for a in sent.aligned for b in _straight(a, term)])


def _straight(a: Aligned, x: Feature) -> Iterator[Aligned]:
    """An aligned part with the straight line that is nearest to its profile."""
    if a.profile.is_deviation or a.profile is ONE:
        yield a
        return
    mean, gain = line(a.profile, x)
    yield Aligned(mean * a.map, mean * a.off, ONE, a.consumer)
    yield Aligned(gain * a.map, gain * a.off, deviation(x), a.consumer)


def _through_concat(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    for share, source in zip(place.step.shares, place.sources, strict=True):
        yield Gradient(
            {f: share * maps for f, maps in gradient.energy.items()},
            [
                Aligned(
                    share * a.map,
                    share * a.off,
                    deviation(source) if a.profile.is_deviation else a.profile,
                    a.consumer,
                )
                for a in gradient.aligned
            ],
            {f: share * total for f, total in gradient.shared.items()},
            Backdrop(share * gradient.backdrop.shared, share * gradient.backdrop.own),
        )


def _through_chunk(place: _Place, gradient: Gradient) -> Iterator[Gradient]:
    # All chunks of a value are one consumer: they have no channel, so no product in common.
    yield _seen_through(gradient, _as_it_is, consumer=-1 - place.step.sources[0])


_RULES: dict[type[Op], Callable[[_Place, Gradient], Iterator[Gradient]]] = {
    Conv: _through_conv,
    Act: _through_act,
    Add: _through_add,
    Concat: _through_concat,
    Chunk: _through_chunk,
}


def _seen_through(
    gradient: Gradient, view: Callable[[Profile, int], Profile], consumer: int
) -> Gradient:
    """With profiles of another value: ``view(profile, 2)`` for squares, 1 for amplitudes."""
    return Gradient(
        {view(f, 2): maps for f, maps in gradient.energy.items()},
        [Aligned(a.map, a.off, view(a.profile, 1), consumer) for a in gradient.aligned],
        {view(f, 1): total for f, total in gradient.shared.items()},
        gradient.backdrop,
    )


def _as_it_is(profile: Profile, power: int) -> Profile:
    return profile
