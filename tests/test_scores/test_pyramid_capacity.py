from math import log, sqrt

import pytest

from pisnas_mm import measures
from pisnas_mm.measures.activations import activations
from pisnas_mm.receptive import stage_radii
from pisnas_mm.scores import ActivationsScore, PyramidCapacityScore
from tests import reference

LINES = [*reference.C2F[:3], *reference.RESIDUAL[:3]]
FAR = (1e9,) * 4


@pytest.mark.parametrize('line', LINES, ids=lambda line: line['id'])
def test_it_is_its_five_terms(line) -> None:
    genotype, size = reference.genotype(line), line['image_size']
    macs, params = measures.macs(genotype, size), measures.params(genotype)
    c3, c4, c5 = stage_radii(genotype, size)[1:]
    expected = (
        log(activations(genotype, size))
        + log(min(sqrt(macs / params) / size, 0.079))
        + log(macs)
        - 2 * measures.effectiveness(genotype)
        + 0.5 * log(min(c3, 32) + min(c4, 64) + min(c5, 128))
    )
    assert PyramidCapacityScore(size)(genotype) == pytest.approx(expected, rel=1e-12)
    assert ActivationsScore(size)(genotype) == log(activations(genotype, size))


def test_what_is_beyond_the_need_is_worth_nothing() -> None:
    line = reference.RESIDUAL[0]
    genotype, size = reference.genotype(line), line['image_size']
    radii = stage_radii(genotype, size)
    full = PyramidCapacityScore(size, needs=FAR)
    half = PyramidCapacityScore(size, needs=[radius / 2 for radius in radii])
    assert full(genotype) - half(genotype) == pytest.approx(0.5 * log(2))
    assert half.parts(genotype)['useful_reach'] == pytest.approx(sum(radii) / 2)


def test_resolution_counts_up_to_what_was_trained() -> None:
    line = reference.C2F[0]
    genotype, size = reference.genotype(line), line['image_size']
    own = PyramidCapacityScore(size).parts(genotype)['resolution']
    free = PyramidCapacityScore(size, max_resolution=1.0)(genotype)
    bounded = PyramidCapacityScore(size, max_resolution=own / 3)(genotype)
    assert free - bounded == pytest.approx(log(3))


@pytest.mark.parametrize('line', LINES, ids=lambda line: line['id'])
def test_a_floor_rejects_only_what_is_below(line) -> None:
    genotype, size = reference.genotype(line), line['image_size']
    score = PyramidCapacityScore(size)
    value = score(genotype)
    assert score.unless_below(genotype, value) == value
    assert score.unless_below(genotype, value - 1) == value
    assert score.unless_below(genotype, value + 20) is None


@pytest.mark.parametrize(
    ('arguments', 'said'),
    [
        (dict(needs=(0, 0, 0, 0)), 'needs should have a radius > 0'),
        (dict(needs=(1, -1)), r'needs\[1\] should be a number >= 0'),
        (dict(reach_weight=-1), 'reach_weight should be a number >= 0'),
        (dict(max_resolution=0), 'max_resolution should be a number'),
    ],
)
def test_mistakes_are_named(arguments, said) -> None:
    with pytest.raises(ValueError, match=said):
        PyramidCapacityScore(224, **arguments)


def test_needs_are_one_per_stage() -> None:
    with pytest.raises(ValueError, match='one for each of the 4 stages'):
        PyramidCapacityScore(224, needs=(1, 2, 3)).check(reference.genotype(reference.C2F[0]))
