from dataclasses import dataclass
from math import hypot, log2, pi, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, BottleneckStage, C2f, ConvBNAct
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.receptive import receptive_map, stage_radii
from pisnas_mm.receptive.monte_carlo import sample_maps
from pisnas_mm.receptive.radii import SMOOTHING, map_radius
from pisnas_mm.receptive.steps import steps_of
from tests.agreement import architectures

STEM = ConvBNAct(3, 8, 3, 2)
DOWN = ConvBNAct(8, 8, 3, 2)


def test_one_convolution_sees_its_kernel():
    # On 64 pixels the centre of 8 reads cells 7 to 9 of 16, which are pixels 28 to 39.
    genotype = Genotype((STEM, DOWN, DOWN))
    seen = receptive_map(genotype, 2, 64)
    np.testing.assert_allclose(seen[7:10, 7:10], 1, rtol=0.02)
    seen[7:10, 7:10] = 0
    assert seen.max() < 0.06  # what batch norm takes off the gradient
    assert stage_radii(genotype, 64, smoothing=0)[1] == pytest.approx(hypot(7, 7))


def test_two_convolutions_by_hand():
    """The first stage looks at the image: the centre of 32 reads 7 × 7 of 128 pixels."""
    seen = receptive_map(Genotype((ConvBNAct(3, 8, 3, 2), ConvBNAct(8, 12, 3, 2))), 1, 128)
    z = norm.pdf(0)  # E[z] over z > 0
    mean, var = z, 1 / 2 - z**2  # of a rectified standard normal
    inside = np.array([63 / 64, 1, 1])
    outer = np.outer(inside, inside)  # how often a tap of the stem is inside
    image_var = outer.mean()
    inside = np.array([31 / 32, 1, 1])
    outer = np.outer(inside, inside)
    stem_var = var * outer.mean() + mean**2 * (outer * (1 - outer)).mean()
    # At the 3 × 3 outputs of the stem: energy apart from the aligned part, and its amplitude.
    energy, amplitude = 1 / 2 / (9 * stem_var), z / (9 * stem_var)
    ratio = 2 ** (round(4 * log2(12 / 8)) / 4)
    squared_deviation = 1 / 2 - 2 * mean * z + mean**2 / 2  # where z > 0
    energy = energy / 2 + ratio * amplitude**2 * squared_deviation
    amplitude *= 1 / 2 - mean * z
    # At the image, tap by tap.
    energy, amplitude = energy / (9 * image_var), amplitude / (9 * image_var)
    ratio = 2 ** (round(4 * log2(12 / 3)) / 4)
    taps = np.outer(*[[1, 1, 2, 1, 2, 1, 1]] * 2)
    expected = energy * taps + ratio * (amplitude * taps) ** 2
    np.testing.assert_allclose(seen[61:68, 61:68], np.sqrt(expected / expected.max()), rtol=1e-2)


def brute_radius(seen, image_size, threshold):
    at = np.arange(image_size) * len(seen) // image_size
    rows, columns = np.nonzero(seen[np.ix_(at, at)] >= threshold * seen.max())
    return np.hypot(rows - image_size // 2, columns - image_size // 2).max()


@pytest.mark.parametrize(('side', 'image_size'), [(8, 64), (7, 101), (13, 100), (32, 32)])
def test_the_radius_is_that_of_the_upsampled_map(side, image_size):
    rng = np.random.default_rng(side)
    distance = np.hypot(*np.meshgrid(*[np.arange(side) - side // 2] * 2))
    seen = rng.random((side, side)) * np.exp(-distance / 2)
    thresholds = np.geomspace(0.02, 0.9, 40)
    for threshold in thresholds:
        expected = brute_radius(seen, image_size, threshold)
        assert map_radius(seen, image_size, threshold) == pytest.approx(expected)
    # Smoothing averages over thresholds, their logarithms being distributed logistically.
    shares = (np.arange(4000) + 0.5) / 4000
    drawn = 0.2 * np.exp(0.3 * sqrt(3) / pi * np.log(shares / (1 - shares)))
    expected = np.mean([brute_radius(seen, image_size, min(t, 1)) for t in drawn[::8]])
    assert map_radius(seen, image_size, 0.2, 0.3) == pytest.approx(expected, rel=0.01)


def test_only_what_reaches_the_threshold_counts():
    genotype = Genotype((STEM, DOWN, DOWN, ConvBNAct(8, 8, 3, 1)))
    corner = receptive_map(genotype, 2, 128)[13, 13]
    assert stage_radii(genotype, 128, corner - 0.01, smoothing=0)[1] == pytest.approx(hypot(15, 15))
    assert stage_radii(genotype, 128, corner + 0.01, smoothing=0)[1] < hypot(15, 15)


@dataclass(frozen=True)
class TwoPaths(Block):
    """Three quarters of the channels from a 1×1, one from a 3×3 convolution."""

    in_channels: int
    out_channels: int

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        parts = [g.conv('near', g.input, 96, 1), g.conv('wide', g.input, 32, 3)]
        g.conv('final', g.concat(parts), self.out_channels, 1)
        return g


@dataclass(frozen=True)
class Shortcut(Block):
    """A convolution and what it was given, and another convolution."""

    in_channels: int

    @property
    def out_channels(self) -> int:
        return self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        x = g.conv('conv', g.input, self.in_channels, 3, linear=True)
        g.conv('after', g.activation(g.add(g.input, x)), self.in_channels, 1)
        return g


@dataclass(frozen=True)
class TwoSums(Block):
    """A value that two sums read, whose gradients are alike; rectified side by side."""

    in_channels: int

    @property
    def out_channels(self) -> int:
        return self.in_channels

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        x = g.conv('conv', g.input, self.in_channels, 1)
        sums = [
            g.add(x, g.conv(f'branch{i}', x, self.in_channels, 3, linear=True)) for i in range(2)
        ]
        g.conv('after', g.activation(g.concat(sums)), self.in_channels, 1)
        return g


def test_blocks_that_pass_their_input_on_depend_on_it():
    normalising = [C2f(8, 8), BottleneckStage(8, 8, 8, 2), ConvBNAct(8, 8, 1)]
    assert all(steps_of(block.graph())[0].normalises for block in normalising)
    # A shortcut passes the input on, and at the borders of a 3×3 convolution its mean is missing.
    others = (Shortcut(8), STEM, TwoPaths(8, 8))
    assert not any(steps_of(block.graph())[0].normalises for block in others)


def test_nothing_is_seen_beyond_the_border():
    genotype = Genotype((STEM, DOWN, DOWN, C2f(8, 8, 9)))
    assert receptive_map(genotype, 2, 64).shape == (16, 16)
    assert stage_radii(genotype, 64)[1] <= hypot(32, 32)


def test_widths_matter_by_their_ratios():
    def radii(factor, mid_channels=8):
        first = BottleneckStage(8 * factor, 16 * factor, mid_channels * factor, 4, 3, 2)
        stem = ConvBNAct(3, 8 * factor, 3, 2)
        genotype = Genotype((stem, first, BottleneckStage(16 * factor, 24 * factor, 8, 2, 3, 2)))
        return stage_radii(genotype, 128)

    assert radii(1)[0] != radii(1, mid_channels=16)[0]
    wider = BottleneckStage(128, 192, 64, 2, 3, 2)
    same = BottleneckStage(16, 24, 8, 2, 3, 2)
    stem = (ConvBNAct(3, 16, 3, 2), ConvBNAct(16, 16, 3, 2))
    wide_stem = (ConvBNAct(3, 16, 3, 2), ConvBNAct(16, 128, 3, 2))
    a = stage_radii(Genotype((*stem, same)), 128)[1]
    assert a == stage_radii(Genotype((*wide_stem, wider)), 128)[1]


@pytest.mark.parametrize('space', ['c2f', 'residual'])
def test_radii_are_those_of_the_maps(space):
    """Although a stage's map is computed once for all widths, and few of its cells are kept."""
    for genotype, image_size in architectures(space, num=30):
        of_maps = [
            map_radius(receptive_map(genotype, stage, image_size), image_size, 0.1, SMOOTHING)
            for stage in (1, 2, 3, 4)
        ]
        assert stage_radii(genotype, image_size) == pytest.approx(of_maps, rel=1e-3)


def test_depth_and_kernel_widen_the_view():
    def radius(num_blocks, kernel_size):
        stage = BottleneckStage(8, 16, 8, num_blocks, kernel_size, 2)
        return stage_radii(Genotype((STEM, stage)), 224)[0]

    radii = [radius(n, 3) for n in (1, 3, 9)]
    assert radii == sorted(set(radii))
    assert radius(3, 5) > radius(3, 3)


@pytest.mark.parametrize(
    'stage',
    [
        (BottleneckStage(64, 256, 128, 3, 3, 2),),
        (BottleneckStage(64, 256, 128, 1, 5, 2), BottleneckStage(256, 256, 128, 2, 3)),
        (ConvBNAct(64, 128, 3, 2, 'silu'), C2f(128, 256, 2)),
        (ConvBNAct(64, 64, 3, 2), TwoPaths(64, 128)),
        (ConvBNAct(64, 64, 3, 2), Shortcut(64), Shortcut(64)),
        (ConvBNAct(64, 64, 3, 2), TwoSums(64), TwoSums(64)),
    ],
    ids=['residual', 'two residual stages', 'c2f', 'two paths', 'shortcuts', 'two sums'],
)
@pytest.mark.parametrize('image_size', [128, 72], ids=['inside', 'at the borders'])
def test_the_map_is_that_of_wide_random_networks(stage, image_size):
    genotype = Genotype((ConvBNAct(3, 64, 3, 2), ConvBNAct(64, 64, 3, 2), *stage))
    draws = [maps[1] for maps in sample_maps(genotype, image_size, num_draws=16, batch_size=8)]
    expected, sampled = receptive_map(genotype, 2, image_size), np.mean(draws, axis=0)
    sampled = sampled * (expected * sampled).sum() / (sampled**2).sum()  # its maximum is noisy
    assert np.abs(sampled - expected).max() < 0.07  # the noise of 16 draws
    rim = (expected > 0.05) & (expected < 0.3)  # where it decides what is seen
    assert not rim.any() or abs(np.log(sampled[rim] / expected[rim]).mean()) < 0.05


@pytest.mark.parametrize(
    'stage', [(ConvBNAct(64, 128, 3, 1),), (BottleneckStage(64, 256, 64, 3, 3, 2),)]
)
def test_what_batch_norm_takes_off_is_seen_everywhere(stage):
    genotype = Genotype((ConvBNAct(3, 64, 3, 2), ConvBNAct(64, 64, 3, 2), *stage))
    number = len(genotype.stages) - 1
    draws = [maps[-1] for maps in sample_maps(genotype, 56, num_draws=12)]
    expected, sampled = receptive_map(genotype, number, 56), np.mean(draws, axis=0)
    far = expected < 0.3 * np.quantile(expected, 0.9) if number > 1 else expected < 0.05
    ratio = (sampled / sampled.max())[far].mean() / expected[far].mean()
    assert expected[far].mean() > 0.005
    assert ratio == pytest.approx(1, abs=0.15)


def test_a_stage_that_is_none_is_refused():
    with pytest.raises(ValueError, match='stage should be from 1 to 1, but got 2'):
        receptive_map(Genotype((STEM, ConvBNAct(8, 8, 3, 2))), 2, 64)
