import pytest

from pisnas_mm.constraints import BottleneckEntropy, Params
from pisnas_mm.search.feasibility import repaired, violations
from pisnas_mm.spaces import ResidualSpace
from tests.test_spaces.test_spaces import R50

SPACE = ResidualSpace(R50, kernel_sizes=(3, 5))
CONSTRAINTS = {'params': Params(max=2e6), 'entropy': BottleneckEntropy(min=7, image_size=224)}


def test_violations_are_named_with_their_values():
    assert violations(SPACE.seed, CONSTRAINTS) == {
        'params': CONSTRAINTS['params'].measure(SPACE.seed)
    }


@pytest.mark.parametrize('seed', range(5))
def test_a_repair_takes_few_mutations(seed):
    # Without looking where it goes, it would not get there in so few.
    genotype = repaired(SPACE, CONSTRAINTS, seed, max_mutations=400)
    assert violations(genotype, CONSTRAINTS) == {}


def test_a_repair_depends_on_its_seed_alone():
    assert repaired(SPACE, CONSTRAINTS, 1) == repaired(SPACE, CONSTRAINTS, 1)
