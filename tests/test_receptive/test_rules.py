"""Every backward rule but the convolution's, against literal gradients in numpy.

Features and gradients are drawn channel by channel, an operation's own backward pass is applied to
them, and what is known of a gradient is measured: energies E[d^i C c g²], amplitudes E[d^i c g],
which the nearest parabola and line keep. Tolerances are four standard errors, and a percent for the
grid that features are given on. ``test_backward.py`` has the convolution, by hand.
"""

import numpy as np
import pytest
from scipy.stats import norm

from pisnas_mm.blocks.graph import Graph
from pisnas_mm.receptive.backward import BATCH_SIZE, pull_back
from pisnas_mm.receptive.features import GRID, STANDARD, Feature
from pisnas_mm.receptive.forward import after_norm, features
from pisnas_mm.receptive.gradients import OWN, SHARED, Gradient, centre
from pisnas_mm.receptive.polynomials import powers
from pisnas_mm.receptive.steps import steps_of

RNG = np.random.default_rng(0)
OF_STAGE = 24  # channels C of the stage's output
WIDTH = 8  # channels c of the operations' input
SIDE, CENTRE = 10, 5
DRAWS = 200_000
NOISE = np.array([4.0, 1.0, 2.0])  # energy of what is not aligned, a + b d + c d²
LINE = np.array([0.6, 0.9])  # of what is
SHARED_ENERGY, SHARED_BACKDROP, OWN_BACKDROP = 1.5, 3.0, 5.0
RELU = after_norm('relu')

SLOPES = {
    'relu': lambda x: (x > 0) * 1.0,
    'silu': lambda x: (1 + np.exp(-x) * (1 + x)) / (1 + np.exp(-x)) ** 2,
    'gelu': lambda x: norm.cdf(x) + x * norm.pdf(x),
    'hardswish': lambda x: np.where(abs(x) < 3, (2 * x + 3) / 6, x >= 3),
}
VALUES = {
    'relu': lambda x: np.maximum(x, 0),
    'silu': lambda x: x / (1 + np.exp(-x)),
    'gelu': lambda x: x * norm.cdf(x),
    'hardswish': lambda x: x * np.clip(x + 3, 0, 6) / 6,
}


def squares(line):
    a, b = line
    return np.array([a * a, 2 * a * b, b * b])


class Pulled:
    """A gradient at one position of a graph's output, and what the rules make of it."""

    def __init__(self, graph: Graph, x: Feature) -> None:
        steps, widths = steps_of(graph)
        self.x = x
        self.y = features(steps, x)[-1]
        self.y_channels = graph.ops[-1].channels
        self.factors = np.array([1, *(OF_STAGE / width for width in widths)])
        own, num, side = 1 + widths.index(self.y_channels), 1 + len(widths), SIDE // graph.stride
        energy, shared = np.zeros((3, num, 1, 1)), np.zeros((3, num))
        energy[:, 0, 0, 0], energy[:, own, 0, 0] = NOISE, squares(LINE)
        shared[0, 0], shared[:, own] = SHARED_ENERGY, squares(LINE)
        backdrop = np.zeros((2, num, side))
        backdrop[SHARED, 0], backdrop[OWN, 0] = SHARED_BACKDROP, OWN_BACKDROP
        flat = np.outer(LINE, np.ones(side))
        arrived = Gradient(
            powers(self.y), energy, LINE.reshape(2, 1, 1) * 1.0, shared, backdrop, flat
        )
        self.gradient, self.window = pull_back(
            steps, x, SIDE, range(1, num), arrived, (CENTRE // graph.stride,) * 2
        )

    def drawn(self, y):
        """Gradients for features of the output, as the arrived one says."""
        d = y - self.y.mean
        aligned = (LINE[0] + LINE[1] * d) / self.y_channels
        noise = np.sqrt(np.polyval(NOISE[::-1], d) / (OF_STAGE * self.y_channels))
        return aligned + noise * RNG.normal(size=d.shape)

    def check(self, g, x, rtol=0.015):
        """The gradient is that of ``g`` for features ``x``, at every position."""
        d = x - self.x.mean
        energy = np.tensordot(self.factors, self.gradient.energy, (0, 1))
        for coefficients, literal in (
            (energy.reshape(3, -1), OF_STAGE * WIDTH * g**2),
            (self.gradient.aligned.reshape(2, -1), WIDTH * g),
        ):
            for i in range(len(coefficients)):
                values = d**i * literal
                found = coefficients.T @ [(d ** (i + j)).mean() for j in range(len(coefficients))]
                error = 4 * values.std() / np.sqrt(values.size)
                np.testing.assert_allclose(found, values.mean(), rtol=rtol, atol=error)

    def backdrop(self, row):
        return (self.factors @ self.gradient.backdrop[row])[0]


def standard(num=1):
    return RNG.normal(size=(num, DRAWS))


@pytest.mark.parametrize('act', SLOPES)
def test_an_activation(act):
    graph = Graph(WIDTH, act)
    graph.activation(graph.input)
    pulled, x = Pulled(graph, STANDARD), standard()
    pulled.check(pulled.drawn(VALUES[act](x)) * SLOPES[act](x), x)
    slope = SLOPES[act](x)
    # Every input has a slope of its own: they share its mean's part of what they shared.
    mean, square = slope.mean(), (slope**2).mean()
    assert pulled.backdrop(SHARED) == pytest.approx(mean**2 * SHARED_BACKDROP, rel=0.01)
    own = square * OWN_BACKDROP + slope.var() * SHARED_BACKDROP
    assert pulled.backdrop(OWN) == pytest.approx(own, rel=0.01)


@pytest.mark.parametrize('x', [RELU, STANDARD], ids=['of a positive feature', 'of a normal one'])
def test_a_norm(x):
    graph = Graph(WIDTH, 'relu')
    graph.norm('norm', graph.input)
    pulled, value = Pulled(graph, x), standard()
    value = np.maximum(value, 0) if x is RELU else value
    deviation = value.std()
    pulled.check(pulled.drawn((value - value.mean()) / deviation) / deviation, value)
    var = deviation**2
    lines = np.array(LINE) * [var**-0.5, 1 / var]
    np.testing.assert_allclose(pulled.gradient.aligned[:, 0, 0], lines, rtol=0.02)
    shared = np.tensordot(pulled.factors, pulled.gradient.shared, (0, 1))
    expected = OF_STAGE / WIDTH * squares(lines) + [SHARED_ENERGY / var, 0, 0]
    np.testing.assert_allclose(shared, expected, rtol=0.02, atol=1e-9)


def test_what_a_norm_removes():
    """A batch norm's backward pass, written out: of four positions' gradients, seen everywhere."""
    channels, positions, at = OF_STAGE * 250, 100, slice(5, 9)
    x = np.maximum(RNG.normal(size=(BATCH_SIZE, positions, channels)), 0)
    deviation = x.std(axis=(0, 1))
    y = (x - x.mean(axis=(0, 1))) / deviation
    g = np.zeros_like(y)
    crop = g[:, at].shape
    common = np.sqrt(SHARED_ENERGY) * RNG.normal(size=crop[1:])  # for all inputs
    aligned = LINE[0] + LINE[1] * y[:, at]
    g[:, at] = common + np.sqrt(NOISE[0]) * RNG.normal(size=crop) + aligned
    mean, along = g.mean(axis=(0, 1)), (g * y).mean(axis=(0, 1))
    elsewhere = np.delete((g - mean - y * along) / deviation, np.r_[at], axis=1)

    graph = Graph(OF_STAGE, 'relu')  # as many channels as the stage's output: the ratio is 1
    graph.norm('norm', graph.input)
    steps, _ = steps_of(graph)
    energy, shared = np.zeros((3, 2, 2, 2)), np.zeros((3, 2))
    energy[0, 0] = NOISE[0] + SHARED_ENERGY
    energy[:, 1] = squares(LINE)[:, None, None]
    shared[0, 0], shared[:, 1] = 4 * SHARED_ENERGY, 4 * squares(LINE)
    aligned = LINE[:, None, None] * np.ones((2, 2, 2))
    basis = powers(features(steps, RELU)[-1])
    arrived = Gradient(basis, energy, aligned, shared, np.zeros((2, 2, SIDE)), np.zeros((2, SIDE)))
    gradient, _ = pull_back(steps, RELU, SIDE, [1], arrived, (5, 6))
    backdrop = gradient.backdrop.sum(axis=1)  # (2, S)
    of_channels = (elsewhere**2).mean(axis=(0, 1))
    error = 4 * of_channels.std() / np.sqrt(channels)
    tolerance = 0.03  # its positions and inputs have a mean and a variance of their own
    assert backdrop.sum(axis=0) == pytest.approx(of_channels.mean(), rel=tolerance, abs=error)
    assert backdrop[SHARED] == pytest.approx(((mean / deviation) ** 2).mean(), rel=tolerance)
    assert backdrop[OWN] == pytest.approx(((along / deviation) ** 2).mean(), rel=tolerance)
    # Its aligned part is the mean of the amplitudes.
    assert gradient.backdrop_aligned[0] == pytest.approx((mean / deviation).mean(), rel=tolerance)


def test_a_norm_removes_what_inputs_share():
    graph = Graph(WIDTH, 'relu')
    graph.norm('norm', graph.input)
    steps, _ = steps_of(graph)
    zero = np.zeros((3, 2, 1, 1)), np.zeros((2, 1, 1)), np.zeros((3, 2))
    backdrop = np.zeros((2, 2, SIDE))
    backdrop[SHARED, 0], backdrop[OWN, 0] = SHARED_BACKDROP, OWN_BACKDROP
    arrived = Gradient(powers(features(steps, RELU)[-1]), *zero, backdrop, np.zeros((2, SIDE)))
    gradient, _ = pull_back(steps, RELU, SIDE, [1], arrived, (5, 5))
    assert not gradient.backdrop[SHARED].any()
    np.testing.assert_allclose(gradient.backdrop[OWN, 0], OWN_BACKDROP / RELU.var)
    assert not gradient.energy.any()


def test_a_sum():
    """Of both halves of a value's channels."""
    graph = Graph(WIDTH, 'relu')
    graph.add(*graph.chunk(graph.input, 2))
    pulled, x = Pulled(graph, STANDARD), standard(2)
    g = pulled.drawn(x.sum(axis=0))
    pulled.check(np.stack([g, g]), x)
    assert pulled.backdrop(SHARED) == pytest.approx(2 * SHARED_BACKDROP)
    assert pulled.backdrop(OWN) == pytest.approx(2 * OWN_BACKDROP)


def test_a_sum_with_a_feature_of_another_kind():
    """A rectified half of the channels, and the other half as it is."""
    graph = Graph(WIDTH, 'relu')
    one, other = graph.chunk(graph.input, 2)
    graph.add(graph.activation(one), other)
    pulled, x = Pulled(graph, STANDARD), standard(2)
    g = pulled.drawn(np.maximum(x[0], 0) + x[1])
    pulled.check(np.stack([g * (x[0] > 0), g]), x)


def test_a_concatenation_and_its_chunks():
    """A value and its halves: shares of a half and two quarters, and channels that meet again."""
    graph = Graph(WIDTH, 'relu')
    graph.concat([graph.input, *graph.chunk(graph.input, 2)])
    pulled, x = Pulled(graph, STANDARD), standard(2)
    pulled.check(pulled.drawn(x) + pulled.drawn(x), x)
    np.testing.assert_allclose(pulled.gradient.aligned[:, 0, 0], LINE)
    np.testing.assert_allclose(pulled.gradient.backdrop_aligned[:, 0], LINE)
    assert pulled.gradient.shared[0, 0] == pytest.approx(SHARED_ENERGY)
    assert pulled.backdrop(SHARED) == pytest.approx(SHARED_BACKDROP)
    constant, _, square = squares(LINE)
    product = OF_STAGE / WIDTH * 2 * (1 / 2) * (1 / 2) * (constant + square)
    assert pulled.backdrop(OWN) == pytest.approx(OWN_BACKDROP + product)


def shuffled(graph):
    """Rectified channels, dealt out to two halves that meet in a sum."""
    graph.add(*graph.chunk(graph.channel_shuffle(graph.activation(graph.input), WIDTH // 2), 2))


def test_a_channel_shuffle():
    """The gradient of a sum of every two neighbours comes back to both of them."""
    graph = Graph(WIDTH, 'relu')
    shuffled(graph)
    pulled, x = Pulled(graph, STANDARD), RNG.normal(size=(WIDTH, DRAWS // 4))
    rectified = np.maximum(x, 0)
    g = pulled.drawn(rectified[0::2] + rectified[1::2])
    pulled.check(np.repeat(g, 2, axis=0) * (x > 0), x)
    mean, square = 1 / 2, 1 / 2
    assert pulled.backdrop(SHARED) == pytest.approx(2 * mean**2 * SHARED_BACKDROP, rel=0.01)
    own = 2 * (square * OWN_BACKDROP + (square - mean**2) * SHARED_BACKDROP)
    assert pulled.backdrop(OWN) == pytest.approx(own, rel=0.01)


def gated(graph):
    pooled = graph.global_avg_pool(graph.input)
    graph.multiply(graph.input, graph.dense('gate', pooled, WIDTH, 'sigmoid'))


def test_a_gate():
    graph = Graph(WIDTH, 'relu')
    gated(graph)
    pulled, x = Pulled(graph, RELU), np.maximum(standard(), 0)
    pulled.check(pulled.drawn(x / 2) / 2, x)
    lines = LINE * [1 / 2, 1 / 4]
    shared = np.tensordot(pulled.factors, pulled.gradient.shared, (0, 1))
    expected = OF_STAGE / WIDTH * squares(lines) + [SHARED_ENERGY / 4, 0, 0]
    np.testing.assert_allclose(shared, expected)
    assert pulled.backdrop(SHARED) == pytest.approx(SHARED_BACKDROP / 4)
    assert pulled.backdrop(OWN) == pytest.approx(OWN_BACKDROP / 4)
    np.testing.assert_allclose(pulled.gradient.backdrop_aligned[:, 0], lines)


def test_space_to_depth():
    """Each of 2×2 positions is a quarter of the channels."""
    graph = Graph(WIDTH, 'relu')
    graph.space_to_depth(graph.input)
    pulled, x = Pulled(graph, STANDARD), standard()
    assert pulled.window == (4, 5)
    assert pulled.gradient.energy.shape == (3, 3, 2, 2)
    pulled.check(pulled.drawn(x), x)
    shared = np.tensordot(pulled.factors, pulled.gradient.shared, (0, 1))
    expected = OF_STAGE / (4 * WIDTH) * squares(LINE) + [SHARED_ENERGY, 0, 0]
    np.testing.assert_allclose(shared, expected)
    assert pulled.backdrop(SHARED) == pytest.approx(SHARED_BACKDROP / 4)
    assert pulled.backdrop(OWN) == pytest.approx(OWN_BACKDROP / 4)
    np.testing.assert_allclose(pulled.gradient.backdrop_aligned[:, 0], LINE / 4)
    assert pulled.gradient.backdrop.shape == (2, 3, SIDE)


@pytest.mark.parametrize(
    'append',
    [
        gated,
        shuffled,
        lambda graph: graph.space_to_depth(graph.input),
        lambda graph: graph.concat([graph.input, *graph.chunk(graph.input, 2)]),
        lambda graph: graph.add(*graph.chunk(graph.input, 2)),
        lambda graph: graph.norm('norm', graph.input),
        lambda graph: graph.activation(graph.input),
    ],
    ids=['gate', 'channel shuffle', 'space to depth', 'concatenation', 'sum', 'norm', 'activation'],
)
def test_what_is_fresh_passes_as_if_it_were_complete(append):
    """A graph that ends in a convolution, and the same graph cut before it."""
    before = Graph(WIDTH, 'relu')
    append(before)
    channels = before.ops[-1].channels
    after = Graph(channels, 'relu')
    after.conv('conv', after.input, OF_STAGE, 3)
    whole = Graph(WIDTH, 'relu')
    append(whole)
    whole.conv('conv', len(whole.ops) - 1, OF_STAGE, 3)

    known = sorted({WIDTH, WIDTH // 2, channels, OF_STAGE})

    def pulled(graph, x, side, gradient, window):
        steps, widths = steps_of(graph)
        components = [1 + known.index(width) for width in widths]
        return pull_back(steps, x, side, components, gradient, window)

    side = SIDE // before.stride
    start = centre(1 + len(known), side), (side // 2,) * 2
    y = features(steps_of(before)[0], RELU)[-1]
    expected, crop = pulled(before, RELU, SIDE, *pulled(after, y, side, *start))
    found, same_crop = pulled(whole, RELU, SIDE, *start)
    assert crop == same_crop
    factors = np.array([1, *(OF_STAGE / width for width in known)])
    np.testing.assert_allclose(found.aligned, expected.aligned)
    np.testing.assert_allclose(found.backdrop_aligned, expected.backdrop_aligned, atol=1e-15)
    for name in ('energy', 'shared', 'backdrop'):
        totals = [np.tensordot(factors, getattr(g, name), (0, 1)) for g in (found, expected)]
        np.testing.assert_allclose(*totals, rtol=1e-9, atol=1e-12)


def test_a_sum_with_what_was_made_of_its_term():
    """x + r: r is an activation of x, normalised, and something else."""
    graph = Graph(WIDTH, 'relu')
    x, other = graph.chunk(graph.input, 2)
    graph.add(x, graph.activation(graph.add(graph.norm('norm', x), other)))
    pulled, values = Pulled(graph, STANDARD), standard(2)
    made = np.maximum(values.sum(axis=0), 0)
    total = values[0] + made
    assert pulled.y.var == pytest.approx(total.var(), rel=0.01)
    assert pulled.y.density @ GRID == pytest.approx(pulled.y.mean, abs=0.03)
    g = pulled.drawn(total)
    slope = made > 0
    literal = np.stack([g * (1 + slope), g * slope])
    # Which x a slope belongs to is lost on r's own way back.
    pulled.check(literal, values, rtol=0.08)
    # Half of the slopes are 1: what inputs share comes back with 1 + 1/2, what differs with 1 + 1
    # by the shortcut; the rest is what the activation leaves to both of its terms.
    shared = SHARED_ENERGY * ((1 + 1 / 2) ** 2 + (1 / 2) ** 2)
    assert pulled.gradient.shared[0, 0] == pytest.approx(shared, rel=0.02)
    left = OWN_BACKDROP / 2 + SHARED_BACKDROP / 4
    own = pulled.gradient.backdrop[OWN, 0, 0]
    assert own == pytest.approx(2 * OWN_BACKDROP + 2 * left, rel=0.02)


def test_a_sum_of_independent_terms_is_no_shortcut():
    graph = Graph(WIDTH, 'relu')
    graph.add(graph.input, graph.conv('conv', graph.input, WIDTH, 3))
    assert not steps_of(graph)[0].shortcuts
