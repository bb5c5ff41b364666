"""A gradient on its way back through a wide random network, and the sum of several.

Differentiated is the mean over the C channels of a stage's rectified output at its centre. At a
value with c channels and the feature x, four things are known of the gradient:

* energy: C · (sum over channels of the squared gradient), for every position.
* aligned: its mean given x, amplitude / c in every channel, for every position. It arises as the
  weights that the features have met are the weights that the gradient comes back through.
* shared: the energy of its mean over inputs, summed over positions.
* backdrop: the energy of what batch norms have removed from it everywhere: means over the batch,
  and parts along their outputs. It has an aligned part of its own.

All but the backdrop's energy depend on x, by polynomials of its deviation d (``polynomials.py``).

Shapes: K components, h×w positions of a crop of the map, S along its whole side; 3 coefficients of
an energy, 2 of an amplitude. Energies are linear in the ratios C / c: component 0 is what does not
depend on them, and each of the others is to be multiplied by the ratio of one width. What aligned
parts add belongs to the width of the value: its ``component``. Whole maps (of the backdrop) are
outer products of a vector with itself, given by their diagonals.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from pisnas_mm.receptive.features import STANDARD, Array, Feature
from pisnas_mm.receptive.polynomials import RECTIFIED, Basis, Change, moments, nearest, powers
from pisnas_mm.receptive.windows import Window

SHARED, OWN = 0, 1
"""The rows of a backdrop: what all inputs share, and what differs between them."""

Map = Callable[[Array], Array]


class Averaged(NamedTuple):
    """A gradient averaged over what a batch norm gives, z; see ``Moments``."""

    maps: Array  # (K + 1, h, w): energies and, last, the amplitude along z
    along: float  # the amplitude, summed over positions
    shared: Array  # (K,)
    removed: Array  # (2, K): energy that this batch norm removes, as the mean and as the part on z
    backdrop: Array  # (2, K, S)


class Fresh(NamedTuple):
    """A gradient fresh from convolutions, all of which take the feature's mean off.

    Its energy does not depend on the feature, and its aligned part is along the deviation d only
    and not in the energy yet. Convolutions spread energies and amplitudes alike, all at once.
    """

    maps: Array  # (K + 1, h, w): energies and, last, the amplitude along d
    shared: Array  # (K,)
    diagonals: Array  # (2 K + 1, S): the backdrop's energies and, last, its amplitude along d

    @property
    def energy(self) -> Array:
        """(K, h, w)."""
        return self.maps[:-1]

    @property
    def aligned(self) -> Array:
        """(h, w): the amplitude along d."""
        return self.maps[-1]

    @property
    def backdrop(self) -> Array:
        """(2, K, S)."""
        return self.diagonals[:-1].reshape(2, len(self.shared), -1)

    @property
    def backdrop_aligned(self) -> Array:
        """(S,): the amplitude along d."""
        return self.diagonals[-1]

    def scaled(self, factor: float) -> 'Fresh':
        """All of it times a factor."""
        return Fresh(*(factor * part for part in self))

    def moved(self, maps: Map, diagonals: Map) -> 'Fresh':
        """With other positions."""
        return Fresh(maps(self.maps), self.shared, diagonals(self.diagonals))

    def complete(self, component: int, x: Feature) -> 'Gradient':
        """As coefficients of 1, d and d², with the energy of the aligned part."""
        crop, (num, side) = self.aligned.shape, (len(self.shared), len(self.backdrop_aligned))
        return _with_fresh(_nothing(powers(x), num, crop, side), self, component, x)

    def averaged(self, act: str | None, batch_size: float, component: int, x: Feature) -> Averaged:
        """Like that of the complete gradient, without making it."""
        of_z = moments(powers(x), act, batch_size)
        (one, _, two), (_, constant), (_, along) = of_z.energy, *of_z.amplitude
        squares = self.aligned * self.aligned
        square, sums = squares.sum(), self.maps.reshape(len(self.maps), -1).sum(axis=1)
        energy_sums, aligned_sum = sums[:-1], sums[-1]
        maps = one * self.maps
        maps[component] += two * squares
        np.multiply(self.aligned, along, out=maps[-1])
        shared = of_z.shared[0] * self.shared
        shared[component] += of_z.shared[2] * square
        removed = (
            of_z.removed_energy[:, :1] * energy_sums + of_z.removed_shared[:, :1] * self.shared
        )
        removed[:, component] += square * (of_z.removed_energy[:, 2] + of_z.removed_shared[:, 2])
        flat, in_flat = (
            self.backdrop_aligned,
            self.backdrop_aligned.sum() * len(self.backdrop_aligned),
        )
        removed[0, component] += constant**2 * ((aligned_sum - in_flat) ** 2 - square)
        backdrop = self.backdrop.copy()
        backdrop[OWN, component] += x.var * flat * flat
        return Averaged(maps, along * aligned_sum, shared, removed, backdrop)


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
    backdrop_aligned: Array  # (2, S)

    def scaled(self, factor: float) -> 'Gradient':
        """All of it times a factor."""
        return Gradient(self.basis, *(factor * part for part in self[1:]))

    def moved(self, maps: Map, diagonals: Map) -> 'Gradient':
        """With other positions."""
        return self._replace(
            energy=maps(self.energy),
            aligned=maps(self.aligned),
            backdrop=diagonals(self.backdrop),
            backdrop_aligned=diagonals(self.backdrop_aligned),
        )

    def complete(self, component: int, x: Feature) -> 'Gradient':
        """Itself: see ``Fresh``."""
        return self

    def in_powers(self, x: Feature) -> 'Gradient':
        """With coefficients of 1, d and d²."""
        return self if self.basis is powers(x) else self.changed(nearest(self.basis, x), x)

    def changed(self, change: Change, x: Feature) -> 'Gradient':
        """With coefficients of 1, d and d², by the matrices that lead to them."""
        return Gradient(
            powers(x),
            (change.energy @ self.energy.reshape(3, -1)).reshape(self.energy.shape),
            (change.amplitude @ self.aligned.reshape(2, -1)).reshape(self.aligned.shape),
            change.shared @ self.shared,
            self.backdrop,
            change.amplitude @ self.backdrop_aligned,
        )

    def averaged(
        self,
        act: str | None,
        batch_size: float,
        component: int,
        x: Feature,
        z: Feature = STANDARD,
    ) -> Averaged:
        """The mean over z; ``x`` is its activation."""
        of_z = moments(self.basis, act, batch_size, z)
        num, *crop = self.energy.shape[1:]
        flat = self.energy.reshape(3, -1)  # (3, K·h·w)
        maps = np.empty((num + 1, *crop))
        np.matmul(of_z.energy, flat, out=maps[:num].reshape(-1))
        constant, along = of_z.amplitude @ self.aligned.reshape(2, -1)  # (h·w,) each
        maps[-1] = along.reshape(crop)
        removed = of_z.removed_energy @ flat.reshape(3, num, -1).sum(axis=2)
        removed += of_z.removed_shared @ self.shared
        in_flat = (of_z.amplitude[0] @ self.backdrop_aligned).sum() * self.backdrop.shape[2]
        removed[0, component] += (constant.sum() - in_flat) ** 2 - constant @ constant
        return Averaged(maps, along.sum(), of_z.shared @ self.shared, removed, self.backdrop)

    def of_scaled(self, x: Feature, var: float) -> 'Gradient':
        """With respect to x, where this one is with respect to x / √var.

        Deviations are that much smaller, and so is the gradient.
        """
        powers_of_d = var ** (-np.arange(3) / 2)
        squares, line = powers_of_d[:, None], powers_of_d[:2, None]
        return Gradient(
            powers(x),
            self.energy * squares[..., None, None] / var,
            self.aligned * line[..., None] / var**0.5,
            self.shared * squares / var,
            self.backdrop / var,
            self.backdrop_aligned * line / var**0.5,
        )


def centre(num_components: int, side: int) -> Gradient:
    """The gradient with respect to the stage's output of ``side``² positions, at its centre."""
    gradient = _nothing(RECTIFIED, num_components, (1, 1), side)
    gradient.energy[0, 0] = gradient.aligned[0] = gradient.shared[0, 0] = 1
    return gradient


def _nothing(basis: Basis, num: int, crop: tuple[int, ...], side: int) -> Gradient:
    return Gradient(
        basis,
        np.zeros((3, num, *crop)),
        np.zeros((2, *crop)),
        np.zeros((3, num)),
        np.zeros((2, num, side)),
        np.zeros((2, side)),
    )


def mean_energy(gradient: Gradient, x: Feature) -> Array:
    """The mean over the feature, (K, h, w), of an energy in coefficients of 1, d and d²."""
    constant, _, square = gradient.energy
    return constant + x.var * square


def padded(gradient: Gradient, window: Window, larger: Window) -> Gradient:
    """On a larger crop of the same map."""
    if window == larger:
        return gradient
    side = larger[1] - larger[0] + 1
    inside = slice(window[0] - larger[0], window[1] - larger[0] + 1)

    def pad(maps: Array) -> Array:
        zeros = np.zeros((*maps.shape[:-2], side, side))
        zeros[..., inside, inside] = maps
        return zeros

    return gradient._replace(energy=pad(gradient.energy), aligned=pad(gradient.aligned))


Sent = tuple[int, Fresh | Gradient]
"""A consumer of a value, by number, and what it sends back. Of what one consumer sends more than
once the aligned parts have no product: they are in different channels."""


def gathered(sent: Sequence[Sent], component: int, x: Feature) -> Fresh | Gradient:
    """Add up what a value's consumers send; amplitudes add up before they are squared."""
    if len(sent) == 1:
        return sent[0][1]
    fresh: list[Fresh] = []
    by_consumer: dict[int, list[Gradient]] = {}
    for consumer, part in sent:
        if isinstance(part, Fresh):
            fresh.append(part)
        else:
            by_consumer.setdefault(consumer, []).append(part.in_powers(x))
    all_fresh = Fresh(*_sums(fresh)) if fresh else None
    if not by_consumer:
        assert all_fresh, 'a value is read'
        return all_fresh
    parts = [Gradient(powers(x), *_sums([p[1:] for p in group])) for group in by_consumer.values()]
    total = Gradient(powers(x), *_sums([part[1:] for part in parts]))
    if len(parts) > 1:
        total = _with_products(total, parts, component, x)
    return _with_fresh(total, all_fresh, component, x) if all_fresh else total


def _sums(parts: Sequence[tuple[Array, ...]]) -> list[Array]:
    return [reduce(np.add, arrays) for arrays in zip(*parts, strict=True)]


def _with_fresh(gradient: Gradient, fresh: Fresh, component: int, x: Feature) -> Gradient:
    """The sum, with the energy that the fresh amplitude adds."""
    (constant, slope), new = gradient.aligned, fresh.aligned
    flat_slope, new_flat = gradient.backdrop_aligned[1], fresh.backdrop_aligned
    energy, shared = gradient.energy.copy(), gradient.shared.copy()
    energy[0] += fresh.energy
    energy[1, component] += 2 * constant * new
    energy[2, component] += (2 * slope + new) * new
    shared[0] += fresh.shared
    shared[2, component] += np.vdot(new, new)
    backdrop = gradient.backdrop + fresh.backdrop
    backdrop[OWN, component] += x.var * (2 * flat_slope + new_flat) * new_flat
    aligned, flat = gradient.aligned.copy(), gradient.backdrop_aligned.copy()
    aligned[1] += new
    flat[1] += new_flat
    return Gradient(gradient.basis, energy, aligned, shared, backdrop, flat)


def _with_products(
    total: Gradient, parts: Sequence[Gradient], component: int, x: Feature
) -> Gradient:
    """With the energy of the products of different parts' amplitudes."""

    def products(amplitude: Array, amplitudes: Sequence[Array]) -> Array:
        return _squares(amplitude) - sum(_squares(a) for a in amplitudes)

    energy, backdrop = total.energy.copy(), total.backdrop.copy()
    energy[:, component] += products(total.aligned, [part.aligned for part in parts])
    constant, _, square = products(
        total.backdrop_aligned, [part.backdrop_aligned for part in parts]
    )
    backdrop[OWN, component] += constant + x.var * square
    return total._replace(energy=energy, backdrop=backdrop)


def _squares(amplitude: Array) -> Array:
    """Coefficients of the square of a + b d."""
    a, b = amplitude
    return np.stack([a * a, 2 * a * b, b * b])


def products(one: Array, other: Array) -> Array:
    """Coefficients of the product of two amplitudes."""
    (a, b), (c, d) = one, other
    return np.stack([a * c, a * d + b * c, b * d])
