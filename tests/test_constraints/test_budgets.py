import pytest

from pisnas_mm import measures
from pisnas_mm.constraints import BottleneckEntropy, register_measure
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import CONSTRAINTS, build
from tests import reference
from tests.test_search import small

GENOTYPE = reference.genotype(reference.C2F[0])
SIZE = 64


def constraint(measure, bound):
    name = {'less': 'max', 'more': 'min'}[measure.better]
    cfg = {'type': measure.type, name: bound}
    return build(CONSTRAINTS, cfg, 'constraints.x', image_size=SIZE)


@pytest.mark.parametrize('measure', MEASURES.values(), ids=MEASURES)
def test_a_bound_on_a_measure_is_met_up_to_its_value(measure):
    value = measure(GENOTYPE, SIZE)
    beyond = {'less': 1 - 1e-9, 'more': 1 + 1e-9}[measure.better]
    assert constraint(measure, value).measure(GENOTYPE) == value
    assert constraint(measure, value).allows(value)
    assert not constraint(measure, value * beyond).allows(value)
    twice = {'less': 0.5, 'more': 2}[measure.better]
    assert constraint(measure, value * twice).excess(value) == pytest.approx(abs(1 - 1 / twice))


@pytest.mark.parametrize('measure', MEASURES.values(), ids=MEASURES)
def test_the_extremes_of_a_space_bound_what_grows(measure):
    assert constraint(measure, 1).grows == measure.grows
    smallest, *others, largest = [measure(genotype, SIZE) for genotype in small.everything()]
    assert all(smallest <= value <= largest for value in others) or not measure.grows


def test_every_measure_has_a_constraint_and_none_else():
    of_files = {'Latency'}  # measures that are there while a config names one
    known = {measure.type for measure in MEASURES.values()}
    assert known | of_files == set(CONSTRAINTS.module_dict)
    assert {'Params', 'MACs', 'Layers', 'Effectiveness', 'BottleneckEntropy'} <= set(
        CONSTRAINTS.module_dict
    )


def test_the_printed_bottleneck_entropy_is_another_measure():
    paper = BottleneckEntropy(min=1, image_size=SIZE, convention='paper')
    value = measures.bottleneck_entropy(GENOTYPE, SIZE, 'paper')
    assert paper.measure(GENOTYPE) == value != measures.bottleneck_entropy(GENOTYPE, SIZE)
    assert paper.of is MEASURES['bottleneck_entropy_paper']


def test_a_measure_is_not_replaced_unasked():
    with pytest.raises(KeyError, match='MACs is already registered'):
        register_measure(MEASURES['macs'])


@pytest.mark.parametrize(
    ('cfg', 'message'),
    [
        (dict(type='Params', max=-1), r'constraints.x: max should be a number > 0, but got -1'),
        (dict(type='Params', max='9M'), "max should be a number > 0, but got '9M'"),
        (dict(type='Params', max=float('nan')), 'max should be a number > 0, but got nan'),
        (dict(type='MACs'), 'constraints.x: MACs needs `max`'),
        (dict(type='MACs', max=1, image_size='big'), 'image_size should be a whole number >= 32'),
        (dict(type='Params', max=1, image_size=64), 'Params takes no `image_size`'),
        (
            dict(type='BottleneckEntropy', min=8, convention='printed'),
            "convention should be one of .*, but got 'printed'",
        ),
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
