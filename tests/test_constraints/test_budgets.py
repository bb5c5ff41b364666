import pytest

from pisnas_mm import measures
from pisnas_mm.constraints import BottleneckEntropy, Effectiveness, Layers, MACs, Params
from pisnas_mm.registry import CONSTRAINTS, build
from tests import reference

GENOTYPE = reference.genotype(reference.C2F[0])
SIZE = 64
BUDGETS = [
    (Params, {}, measures.params(GENOTYPE)),
    (MACs, dict(image_size=SIZE), measures.macs(GENOTYPE, SIZE)),
    (Layers, {}, measures.layers(GENOTYPE)),
    (Effectiveness, {}, measures.effectiveness(GENOTYPE)),
]


@pytest.mark.parametrize(('budget', 'settings', 'value'), BUDGETS)
def test_a_budget_is_met_up_to_its_value(budget, settings, value):
    assert budget(max=value, **settings).measure(GENOTYPE) == value
    assert budget(max=value, **settings).allows(value)
    assert not budget(max=value * (1 - 1e-9), **settings).allows(value)
    assert budget(max=value / 2, **settings).excess(value) == pytest.approx(1)


def test_bottleneck_entropy_is_a_floor():
    value = measures.bottleneck_entropy(GENOTYPE, SIZE)
    assert BottleneckEntropy(min=value, image_size=SIZE).allows(value)
    assert not BottleneckEntropy(min=value + 1e-9, image_size=SIZE).allows(value)
    paper = BottleneckEntropy(min=value, image_size=SIZE, convention='paper')
    assert paper.measure(GENOTYPE) == measures.bottleneck_entropy(GENOTYPE, SIZE, 'paper') != value


def test_every_registered_constraint_is_tested_here():
    tested = {budget.__name__ for budget, _, _ in BUDGETS} | {'BottleneckEntropy'}
    assert tested == set(CONSTRAINTS.module_dict)


@pytest.mark.parametrize(
    ('cfg', 'message'),
    [
        (dict(type='Params', max=-1), r'constraints.x: max should be a number > 0, but got -1'),
        (dict(type='Params', max='9M'), "max should be a number > 0, but got '9M'"),
        (dict(type='Params', max=float('nan')), 'max should be a number > 0, but got nan'),
        (dict(type='MACs'), 'constraints.x: MACs needs `max`'),
        (
            dict(type='BottleneckEntropy', max=8),
            'BottleneckEntropy takes no `max`; known: convention, image_size, min',
        ),
        (dict(type='Parms', max=1), "constraint 'Parms' is unknown; did you mean 'Params'?"),
    ],
)
def test_a_mistake_in_the_config_is_named(cfg, message):
    with pytest.raises(ValueError, match=message):
        build(CONSTRAINTS, cfg, 'constraints.x', image_size=SIZE)
