"""The backward rules by hand, where integrals over one or two normals say everything."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from pisnas_mm.blocks import Block, ConvBNAct
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.receptive.backward import pull_back
from pisnas_mm.receptive.features import STANDARD
from pisnas_mm.receptive.forward import after_norm
from pisnas_mm.receptive.gradients import Gradient, centre, mean_energy
from pisnas_mm.receptive.polynomials import powers
from pisnas_mm.receptive.stages import _normalises, _stage
from pisnas_mm.receptive.steps import steps_of

Z = np.linspace(-9, 9, 18001)
WEIGHT = norm.pdf(Z) * (Z[1] - Z[0])
RELU = after_norm('relu')
SIDE = 9
HALF = norm.pdf(0)  # E[z] over z > 0; also the mean of a rectified normal
VAR = 1 / 2 - HALF**2


@dataclass(frozen=True)
class Shortcut(Block):
    """The input and a linear convolution of it, rectified."""

    in_channels: int = 8

    @property
    def out_channels(self) -> int:
        return self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        g.activation(g.add(g.input, g.conv('conv', g.input, self.in_channels, 1, linear=True)))
        return g


def pulled(block, gradient=None):
    """The centre's gradient with respect to the block's rectified input, of 9² positions."""
    steps, widths = steps_of(block.graph())
    gradient = gradient or centre(1 + len(widths), SIDE)
    components = range(1, 1 + len(widths))
    return pull_back(steps, RELU, SIDE, components, gradient, (SIDE // 2, SIDE // 2))[0]


def test_a_convolution():
    gradient = pulled(ConvBNAct(8, 16, 1))  # its ratios: 2 for the input, 1 for the output
    first, of_input, of_output = mean_energy(gradient, RELU)
    assert first.item() == pytest.approx(1 / 2 / VAR, rel=1e-3)
    assert of_input.item() == pytest.approx(HALF**2 / VAR, rel=1e-2)
    assert of_output.item() == 0
    constant, along = gradient.aligned  # the deviation
    assert constant.item() == 0
    assert along.item() == pytest.approx(HALF / VAR, rel=1e-2)
    assert gradient.shared[0, 0] == pytest.approx(1 / 4 / VAR, rel=1e-3)


def test_what_batch_norm_takes_off():
    gradient = pulled(ConvBNAct(8, 8, 1))
    off_mean = 1 / 4 + (1 / 2 - 1 / 4) / 8
    off_along_z = HALF**2 + 1 / 2 / 8
    positions = SIDE**2
    shared, own = gradient.backdrop.sum(axis=1)
    np.testing.assert_allclose(shared, off_mean / VAR / positions**2, rtol=1e-2)
    # Of what is aligned, too: it is counted at the input, where channels are as many.
    expected = (off_along_z / VAR + HALF**2 / VAR) / positions**2
    np.testing.assert_allclose(own, expected, rtol=1e-2)


@pytest.mark.parametrize(
    ('shared', 'own', 'passed'), [(1, 0, 1 / 2 - 1 / 4 - HALF**2), (0, 1, 1 / 2)]
)
def test_a_backdrop_through_a_convolution(shared, own, passed):
    basis, *parts = centre(2, SIDE)
    nothing = Gradient(basis, *(0 * part for part in parts))
    nothing.backdrop[:, 0] = [[shared], [own]]
    gradient = pulled(ConvBNAct(8, 8, 1), nothing)
    assert gradient.backdrop[0].max() == 0
    np.testing.assert_allclose(gradient.backdrop[1, 0], passed / VAR, rtol=1e-2)


def test_a_shortcut():
    gradient = pulled(Shortcut())
    x = np.maximum(Z, 0)
    seen = norm.cdf(x)  # of x: the sum with a normal z is positive
    of_z = np.where(Z > 0, 1, norm.cdf(Z))  # of z: x is 0 half of the time, else a positive normal
    line = (WEIGHT * seen * (x - HALF)).sum() / VAR
    positive = (WEIGHT * of_z).sum()
    amplitude = (WEIGHT * Z * of_z).sum() / VAR
    identity, convolution = (WEIGHT * seen).sum(), positive / VAR
    together = amplitude**2 * VAR + 2 * amplitude * line * VAR  # amplitudes add up first
    total = mean_energy(gradient, RELU).sum()
    assert total == pytest.approx(identity + convolution + together, rel=2e-2)


def test_ratios_are_those_to_the_stages_output():
    wide = (ConvBNAct(8, 8, 1, 2), ConvBNAct(8, 8, 1), ConvBNAct(8, 64, 1))
    stage = _stage(wide, RELU, SIDE)
    assert stage.ratios == (12, 12, 12, 0)  # quarter octaves; every block's widths, in order


@dataclass(frozen=True)
class Rectified(Block):
    """An activation on its own."""

    in_channels: int = 8

    @property
    def out_channels(self) -> int:
        return self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        g.activation(g.input)
        return g


def test_a_backdrop_through_an_activation():
    basis, *parts = centre(2, SIDE)
    nothing = Gradient(basis, *(0 * part for part in parts))
    nothing.backdrop[:, 0] = [[3], [5]]
    steps, _ = steps_of(Rectified().graph())
    gradient, _ = pull_back(steps, STANDARD, SIDE, [1], nothing, (4, 4))
    # Half of the slopes are 1: inputs share a quarter of what they shared.
    np.testing.assert_allclose(gradient.backdrop[0, 0], 3 / 4)
    np.testing.assert_allclose(gradient.backdrop[1, 0], 5 / 2 + 3 * (1 / 2 - 1 / 4), rtol=1e-6)


@dataclass(frozen=True)
class SideBySide(Block):
    """The input and a linear convolution of it, rectified side by side."""

    in_channels: int = 8

    @property
    def out_channels(self) -> int:
        return 2 * self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        g.activation(g.concat([g.input, g.conv('conv', g.input, 8, 1, linear=True)]))
        return g


def test_a_concatenation_that_is_rectified():
    steps, widths = steps_of(SideBySide().graph())
    components = range(1, 1 + len(widths))
    start = centre(1 + len(widths), SIDE)
    gradient, _ = pull_back(steps, STANDARD, SIDE, components, start, (4, 4))
    # Each half is a standard normal, which passes half of the time, half of the channels.
    first = mean_energy(gradient, STANDARD)[0].item()
    assert first == pytest.approx(1 / 4 + 1 / 4, rel=1e-2)


def test_only_what_is_not_normalised_depends_on_the_stages_input():
    assert _normalises[ConvBNAct(8, 8, 1, 2)]
    assert not _normalises[Shortcut()]
    shape = _stage((Shortcut(),), RELU, SIDE).shape
    assert (shape.x.mean, shape.x.var) == (RELU.mean, RELU.var)


@dataclass(frozen=True)
class Pooled(Block):
    """The largest of every 2×2 positions."""

    in_channels: int = 8
    stride = 2

    @property
    def out_channels(self) -> int:
        return self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        g.max_pool_2x2(g.input)
        return g


@pytest.mark.parametrize('x', [STANDARD, RELU], ids=['normal', 'rectified'])
def test_a_max_pool(x):
    steps, _ = steps_of(Pooled().graph())
    gradient, window = pull_back(steps, x, 2 * SIDE, [1], centre(2, SIDE), (4, 4))
    assert window == (8, 9)
    # ∫ F³ dF over what is positive, for each of four positions.
    positive = (1 - 1 / 2**4) / 4
    np.testing.assert_allclose(mean_energy(gradient, x)[0], np.full((2, 2), positive), rtol=1e-2)
    # Amplitudes: the same, and along the deviation, at each position.
    constant, along = gradient.aligned
    u = norm.cdf(Z)
    seen = np.where(Z > 0, u**3, 0)
    value = Z if x is STANDARD else np.maximum(Z, 0)
    line = (WEIGHT * seen * (value - x.mean)).sum() / x.var
    np.testing.assert_allclose(constant, np.full((2, 2), positive), rtol=1e-2)
    np.testing.assert_allclose(along, np.full((2, 2), line), rtol=2e-2)


def test_what_inputs_share_through_a_max_pool():
    _, *parts = centre(2, SIDE)
    nothing = Gradient(powers(STANDARD), *(0 * part for part in parts))
    nothing.shared[0, 0] = 1
    nothing.backdrop[:, 0, 3] = [3, 5]
    nothing.backdrop_aligned[0, 3] = 1
    steps, _ = steps_of(Pooled().graph())
    gradient, _ = pull_back(steps, STANDARD, 2 * SIDE, [1], nothing, (4, 4))
    assert gradient.shared[0, 0] == pytest.approx(4 / 4**2, rel=1e-3)
    # One in four is chosen: all of what differs, and of the same a quarter in amplitude.
    shared, own = gradient.backdrop[:, 0]
    np.testing.assert_allclose(shared[6:8], 3 / 16)
    np.testing.assert_allclose(own[6:8], 5 / 4 + 3 * (1 / 4 - 1 / 16))
    np.testing.assert_allclose(gradient.backdrop_aligned[0, 6:8], 1 / 4, rtol=1e-3)
    assert shared[:6].max() == own[8:].max() == 0
