"""What holds for every architecture."""

import json
from math import isfinite
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.spaces import C2fSpace, MixedSpace, ResidualSpace
from pisnas_mm.utils.safe_json import parse_json
from tests.test_spaces.test_spaces import R50, YOLOV8_S

MIXED = ['C2f', 'PlainC2f', 'BottleneckStage']
SPACES = {
    'c2f': C2fSpace(YOLOV8_S, max_channels=512, kernel_sizes=(3, 5, 7), max_depth=12),
    'residual': ResidualSpace(R50, max_channels=2048, kernel_sizes=(3, 5), max_depth=12),
    'mixed': MixedSpace(YOLOV8_S, MIXED, max_channels=512, kernel_sizes=(3, 5), max_depth=12),
}
walks = st.tuples(st.sampled_from(sorted(SPACES)), st.integers(0, 2**32), st.integers(0, 400))
at_length = settings(max_examples=150, deadline=None)


def reached(walk) -> tuple:
    name, seed, steps = walk
    space, rng = SPACES[name], Random(seed)
    return space, rng, space.mutate(space.seed, rng, steps)


@given(walks)
@at_length
def test_every_architecture_reads_back_equal(walk):
    genotype = reached(walk)[2]
    text = json.dumps(genotype.to_list())
    again = Genotype.from_list(parse_json(text))
    assert again == genotype
    assert hash(again) == hash(genotype)
    assert again.strides == genotype.strides
    assert json.dumps(again.to_list()) == text


@given(walks)
@at_length
def test_every_mutation_is_an_architecture_of_the_space(walk):
    space, rng, genotype = reached(walk)
    for _ in range(5):
        genotype = space.mutate(genotype, rng)
        Genotype.from_list(genotype.to_list())  # raises if it is none
        type(space)(
            genotype.to_list(),
            max_channels=space.max_channels,
            kernel_sizes=space.kernel_sizes,
            max_depth=space.max_depth,
            **(dict(choices=MIXED) if isinstance(space, MixedSpace) else {}),
        )  # raises if it is not of the space


@given(walks, st.sampled_from([32, 64, 96, 224]))
@settings(max_examples=40, deadline=None)
def test_no_measure_is_negative_or_no_number(walk, image_size):
    genotype = reached(walk)[2]
    values = [
        measures.params(genotype),
        measures.macs(genotype, image_size),
        measures.layers(genotype),
        measures.bottleneck_entropy(genotype, image_size),
        measures.bottleneck_entropy(genotype, image_size, 'paper'),
        measures.effectiveness(genotype),
        *measures.stage_radii(genotype, image_size),
    ]
    assert all(isfinite(value) and value >= 0 for value in values), values
    summary = measures.summary(genotype, image_size)
    assert parse_json(json.dumps(summary)) == summary


def test_the_walks_go_somewhere():
    assert len({reached((name, seed, 50))[2] for name in SPACES for seed in range(20)}) == 60


@pytest.mark.parametrize('name', SPACES)
def test_the_extremes_are_of_the_space(name):
    space = SPACES[name]
    for extreme in (space.smallest(measures.params), space.largest(measures.params)):
        for value in (measures.params(extreme), measures.macs(extreme, 64)):
            assert isfinite(value)
            assert value > 0
