import pytest

from pisnas_mm import measures
from pisnas_mm.constraints import BottleneckEntropy, register_measure
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import CONSTRAINTS, build
from tests import reference
from tests.test_search import small

GENOTYPE = reference.genotype(reference.C2F[0])
SIZE = 64


def constraint(measure, **bounds):
    return build(CONSTRAINTS, {'type': measure.type, **bounds}, 'constraints.x', image_size=SIZE)


@pytest.mark.parametrize('measure', MEASURES.values(), ids=MEASURES)
def test_a_bound_on_a_measure_is_met_up_to_its_value(measure):
    value = measure(GENOTYPE, SIZE)
    for side, beyond, twice in (('max', 1 - 1e-9, 0.5), ('min', 1 + 1e-9, 2)):
        of = constraint(measure, **{side: value})
        assert of.measure(GENOTYPE) == value
        assert of.allows(value)
        assert of.excess(value) == 0
        assert not constraint(measure, **{side: value * beyond}).allows(value)
        far = constraint(measure, **{side: value * twice})
        assert far.excess(value) == pytest.approx(abs(1 - 1 / twice))


def test_a_budget_may_have_two_sides():
    macs = constraint(MEASURES['macs'], min=97, max=100)
    assert [value for value in (96, 97, 98, 100, 101) if macs.allows(value)] == [97, 98, 100]
    assert macs.bounds == {'>=': 97, '<=': 100}
    assert [macs.excess(value) for value in (48.5, 98, 110)] == pytest.approx([0.5, 0, 0.1])
    assert macs.complaint(96) == 'MACs should be >= 97, but is 96'
    assert macs.complaint(101) == 'MACs should be <= 100, but is 101'
    assert constraint(MEASURES['macs'], min=97).bounds == {'>=': 97}


@pytest.mark.parametrize('measure', MEASURES.values(), ids=MEASURES)
def test_the_extremes_of_a_space_bound_what_grows(measure):
    assert constraint(measure, max=1).grows == measure.grows
    smallest, *others, largest = [measure(genotype, SIZE) for genotype in small.everything()]
    assert all(smallest <= value <= largest for value in others) or not measure.grows


def test_every_measure_has_a_constraint_and_none_else():
    assert {measure.type for measure in MEASURES.values()} == set(CONSTRAINTS.module_dict)
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
        (dict(type='MACs'), 'constraints.x: MACs needs `min`, `max` or both'),
        (dict(type='MACs', max=1, image_size='big'), 'image_size should be a whole number >= 32'),
        (dict(type='Params', max=1, image_size=64), 'Params takes no `image_size`'),
        (
            dict(type='BottleneckEntropy', min=8, convention='printed'),
            "convention should be one of .*, but got 'printed'",
        ),
        (dict(type='MACs', min=2, max=1), 'min should be at most max, but got 2 and 1'),
        (dict(type='MACs', most=8), 'MACs takes no `most`; known: image_size, max, min'),
        (dict(type='Parms', max=1), "constraint 'Parms' is unknown; did you mean 'Params'?"),
    ],
)
def test_a_mistake_in_the_config_is_named(cfg, message):
    with pytest.raises(ValueError, match=message):
        build(CONSTRAINTS, cfg, 'constraints.x', image_size=SIZE)
