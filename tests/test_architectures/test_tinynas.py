import json

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.architectures.tinynas import genotype_from_tinynas
from pisnas_mm.blocks import (
    BasicStage,
    Block,
    BottleneckStage,
    C2f,
    ConvBNAct,
    PointwiseBasicStage,
)

STRUCTURE = [
    {'class': 'ConvKXBNRELU', 'in': 3, 'out': 32, 's': 2, 'k': 3},
    {'class': 'SuperResK1KXK1', 'in': 32, 'out': 64, 's': 2, 'k': 5, 'L': 2, 'btn': 16},
    {'class': 'ConvKXBNRELU', 'in': 64, 'out': 64, 's': 2, 'k': 3, 'act': 'silu'},
    {'class': 'C2f', 'in': 64, 'out': 48, 's': 1, 'k': 3, 'n': 4, 'act': 'silu'},
]
GENOTYPE = Genotype(
    (
        ConvBNAct(3, 32, 3, 2, 'relu'),
        BottleneckStage(32, 64, 16, 2, 5, 2, 'relu'),
        ConvBNAct(64, 64, 3, 2, 'silu'),
        C2f(64, 48, 4, 3, 'silu'),
    )
)


@pytest.mark.parametrize(
    'form',
    [
        STRUCTURE,
        repr(STRUCTURE),
        repr({'best_structures': [STRUCTURE, STRUCTURE[:1]], 'other': 1}),
        '\n' + json.dumps(STRUCTURE) + '\n',
    ],
)
def test_every_form_gives_the_same_genotype(form):
    assert genotype_from_tinynas(form) == GENOTYPE


@pytest.mark.parametrize(
    ('structure', 'message'),
    [
        ('__import__("os").getcwd()', 'is no Python literal'),
        ('[' * 100_000, 'is no Python literal'),
        ('1' * 2_000_000, 'characters'),
        ('{}', 'should be a list of dicts'),
        ([{'class': 'C2F', 'in': 3, 'out': 8}], r"structure\[0\]: TinyNAS class 'C2F' is unknown"),
        ([{'class': 'C2f', 'in': 3, 'k': 3}], r"structure\[0\]: C2f needs 'out'"),
        ([{'class': 'C2f', 'in': 3, 'out': 8, 'k': 3, 's': 2}], 'C2f has stride 1, but s is 2'),
        ([*STRUCTURE[:1], STRUCTURE[3]], r'arch\[1\]'),
    ],
)
def test_what_is_no_structure_is_refused(structure, message):
    with pytest.raises(ValueError, match=message):
        genotype_from_tinynas(structure)


@pytest.mark.parametrize(
    ('name', 'family'),
    [
        ('SuperResK1KXK1', BottleneckStage),
        ('SuperResKXKX', BasicStage),
        ('SuperResConvKXKX', BasicStage),
        ('SuperResK1KX', PointwiseBasicStage),
        ('SuperResConvK1KX', PointwiseBasicStage),
    ],
)
def test_residual_classes(name: str, family: type[Block]) -> None:
    spec = {'class': name, 'in': 3, 'out': 24, 'btn': 16, 'L': 3, 'k': 5, 's': 2, 'act': 'relu'}
    (block,) = genotype_from_tinynas([spec]).blocks
    assert type(block) is family
    assert block is family(3, 24, 16, num_blocks=3, kernel_size=5, stride=2, act='relu')
