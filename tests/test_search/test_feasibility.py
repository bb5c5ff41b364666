import pytest

from pisnas_mm.constraints import BottleneckEntropy, MACs, Params
from pisnas_mm.constraints.budgets import bounded
from pisnas_mm.measures import MEASURES
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


@pytest.mark.parametrize('layers', [20, 32])
def test_bounds_that_are_near_each_other_are_met(layers):
    """Params and MACs from 97 to 100 %, where mutations alone get stuck: they change too much."""
    constraints = CONSTRAINTS | {
        'params': Params(min=1_940_000, max=2_000_000),
        'macs': MACs(min=388e6, max=400e6, image_size=224),
        'layers': bounded(MEASURES['layers'], 224, max=layers),
    }
    for seed in range(3):
        assert violations(repaired(SPACE, constraints, seed), constraints) == {}
