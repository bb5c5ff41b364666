"""A gradient on its way back through a wide random network, and the sums of several.

Differentiated is the mean over the C channels of a stage's rectified output at its centre. At a
value with c channels and features x, the gradient is described by four parts (docs/method.md):

* energy: C · (sum over channels of the squared gradient), for every position.
* aligned: the gradient's mean, amplitude / c in every channel, for every position. It arises as the
  weights that x has met are the weights that the gradient comes back through.
* shared: the energy of the gradient's mean over inputs, summed over positions.
* backdrop: the energy, all over the map, of what batch norm takes off the gradient: its mean over
  the batch, and its part along the normalised output. ``off`` is the amplitude that it takes off.

All of them depend on the feature; ``moments.py`` has the polynomials that say how.

Shapes: K components, h × w positions of a crop of the map, S positions along its diagonal. Energies
are linear in the ratios C / c: their components are what does not depend on ratios, then what is to
be multiplied by each of them. Whole maps (of the backdrop) are taken for outer products of a vector
with itself and given by their diagonals.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple, TypeVar

import numpy as np

from pisnas_mm.receptive.features import Array, Feature
from pisnas_mm.receptive.moments import RECTIFIED, Basis, onto, powers
from pisnas_mm.receptive.windows import Window


class Fresh(NamedTuple):
    """A gradient that has come out of convolutions, all of which take the feature's mean off.

    Its energy does not depend on the feature, and its aligned part is along the deviation d only
    and not in the energy yet.
    """

    maps: Array  # (K + 1, h, w): energy, and the amplitude along d
    shared: Array  # (K,)
    diagonals: Array  # (2 K + 1, S): backdrop, what inputs share and what differs; off


class Gradient(NamedTuple):
    """Any other gradient: coefficients of the functions of a basis.

    The energy includes that of the aligned part. ``shared`` has coefficients as the square of an
    amplitude has.
    """

    basis: Basis
    energy: Array  # (3, K, h, w)
    aligned: Array  # (2, h, w)
    shared: Array  # (3, K)
    backdrop: Array  # (2, K, S)
    off: Array  # (2, S)


T = TypeVar('T', Fresh, Gradient)


class Sent(NamedTuple):
    """What a consumer of a value sends; the squares of its own aligned part are in its energy."""

    gradient: Gradient
    consumer: int


def centre(num_components: int, side: int) -> Gradient:
    """The gradient with respect to the stage's output of ``side``² positions, at its centre."""
    energy, aligned = np.zeros((3, num_components, 1, 1)), np.zeros((2, 1, 1))
    shared = np.zeros((3, num_components))
    energy[0, 0] = aligned[0] = shared[0, 0] = 1
    backdrop, off = np.zeros((2, num_components, side)), np.zeros((2, side))
    return Gradient(RECTIFIED, energy, aligned, shared, backdrop, off)


def mean_energy(gradient: Gradient, x: Feature) -> Array:
    """The mean over the feature, (K, h, w), of an energy in coefficients of 1, d and d²."""
    constant, _, square = gradient.energy
    return constant + x.var * square


def padded(gradient: Gradient, window: Window, onto: Window) -> Gradient:
    """On a larger crop of the same map."""
    if window == onto:
        return gradient
    side = onto[1] - onto[0] + 1
    inside = slice(window[0] - onto[0], window[1] - onto[0] + 1)

    def larger(maps: Array) -> Array:
        zeros = np.zeros((*maps.shape[:-2], side, side))
        zeros[..., inside, inside] = maps
        return zeros

    return gradient._replace(energy=larger(gradient.energy), aligned=larger(gradient.aligned))


def in_powers(gradient: Gradient, x: Feature) -> Gradient:
    """With coefficients of 1, d and d²."""
    basis, energy, aligned, shared, backdrop, off = gradient
    if basis is powers(x):
        return gradient
    matrices = onto(basis, x)
    return Gradient(
        powers(x),
        (matrices.energy @ energy.reshape(3, -1)).reshape(energy.shape),
        (matrices.amplitude @ aligned.reshape(2, -1)).reshape(aligned.shape),
        matrices.shared @ shared,
        backdrop,
        matrices.amplitude @ off,
    )


def gathered(sent: Sequence[Sent | Fresh], component: int, x: Feature) -> Gradient | Fresh:
    """Add up what a value's consumers send."""
    if len(sent) == 1:
        return sent[0].gradient if isinstance(sent[0], Sent) else sent[0]
    fresh = [part for part in sent if isinstance(part, Fresh)]
    groups: dict[int, list[Gradient]] = {}
    for part in sent:
        if isinstance(part, Sent):
            groups.setdefault(part.consumer, []).append(in_powers(part.gradient, x))
    if not groups:
        return _sum(fresh)
    counted = [_sum(group) for group in groups.values()]
    total = _sum(counted)
    if len(counted) > 1:
        total = _with_products(total, counted, component, x)
    return _with_fresh(total, _sum(fresh), component, x) if fresh else total


def counted(gradient: Gradient | Fresh, component: int, x: Feature) -> Gradient:
    """As coefficients of 1, d and d², with the energy of the aligned part."""
    if isinstance(gradient, Gradient):
        return in_powers(gradient, x)
    num, *crop = gradient.maps[:-1].shape
    side = gradient.diagonals.shape[1]
    nothing = Gradient(
        powers(x),
        np.zeros((3, num, *crop)),
        np.zeros((2, *crop)),
        np.zeros((3, num)),
        np.zeros((2, num, side)),
        np.zeros((2, side)),
    )
    return _with_fresh(nothing, gradient, component, x)


def _with_fresh(gradient: Gradient, fresh: Fresh, component: int, x: Feature) -> Gradient:
    """The sum, with the energy that the fresh amplitude adds."""
    num = len(fresh.shared)
    a, b, new = *gradient.aligned, fresh.maps[num]
    off, new_off = gradient.off[1], fresh.diagonals[num * 2]
    energy, shared = gradient.energy.copy(), gradient.shared.copy()
    energy[0] += fresh.maps[:num]
    energy[1, component] += 2 * a * new
    energy[2, component] += (2 * b + new) * new
    shared[0] += fresh.shared
    shared[2, component] += np.vdot(new, new)
    backdrop = gradient.backdrop + fresh.diagonals[:-1].reshape(2, num, -1)
    backdrop[1, component] += x.var * (2 * off + new_off) * new_off
    aligned, taken_off = gradient.aligned.copy(), gradient.off.copy()
    aligned[1] += new
    taken_off[1] += new_off
    return Gradient(gradient.basis, energy, aligned, shared, backdrop, taken_off)


def _sum(parts: Sequence[T]) -> T:
    """The sum of gradients of a kind, in one basis."""
    if len(parts) == 1:
        return parts[0]
    kind: Callable[..., T] = type(parts[0])
    together = zip(*parts, strict=True)
    return kind(*(a[0] if isinstance(a[0], Basis) else reduce(np.add, a) for a in together))


def _with_products(
    total: Gradient, parts: Sequence[Gradient], component: int, x: Feature
) -> Gradient:
    """With the energy of the products of different parts' amplitudes."""

    def products(amplitude: Array, amplitudes: Sequence[Array]) -> Array:
        return _squares(amplitude) - sum(_squares(a) for a in amplitudes)

    energy, backdrop = total.energy.copy(), total.backdrop.copy()
    energy[:, component] += products(total.aligned, [part.aligned for part in parts])
    constant, _, square = products(total.off, [part.off for part in parts])
    backdrop[1, component] += constant + x.var * square
    return total._replace(energy=energy, backdrop=backdrop)


def _squares(amplitude: Array) -> Array:
    """Coefficients of the square of a + b d."""
    a, b = amplitude
    return np.stack([a * a, 2 * a * b, b * b])
