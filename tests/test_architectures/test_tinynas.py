import json
from math import ceil
from typing import Any

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.architectures.tinynas import (
    genotype_from_tinynas,
    genotypes_from_tinynas,
)
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
        ('SuperResK1KX', PointwiseBasicStage),
    ],
)
def test_residual_classes(name: str, family: type[Block]) -> None:
    spec = {'class': name, 'in': 3, 'out': 24, 'btn': 16, 'L': 3, 'k': 5, 's': 2, 'act': 'relu'}
    (block,) = genotype_from_tinynas([spec]).blocks
    assert type(block) is family
    assert block is family(3, 24, 16, num_blocks=3, kernel_size=5, stride=2, act='relu')


STAGE = {'class': 'SuperResK1KXK1', 'in': 3, 'out': 24, 'btn': 16, 'L': 3, 'k': 5, 's': 2}


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'g': 4}, 'groups are not built here: g is 4'),
        ({'L': '3'}, "SuperResK1KXK1: L should be a whole number >= 1, but got '3'"),
        ({'k': 2.5, 'p': 1}, 'k should be a whole number >= 1, but got 2.5'),
        ({'p': 1}, 'p should be half of k - 1, but got 1'),
        ({'wd': 2}, "SuperResK1KXK1 takes no 'wd'"),
        ({'force_resproj_skip': 2}, "takes no 'force_resproj_skip'"),
        ({'nbitsW': [4] * 9}, 'quantised convolutions .* are not built here'),
        ({'inner_class': 'ResK1KX'}, "of another inner_class than 'ResK1KX'"),
        ({'class': 'SuperResK1DWSEK1'}, "'SuperResK1DWSEK1' is not built here: its gates"),
        ({'class': 'SuperResK1DWK1'}, "'SuperResK1DWK1' is not built here: its shortcuts pool"),
        ({'class': 'SuperQuantResK1KXK1'}, 'is not built here: its convolutions are quantised'),
        ({'class': 'SuperRes3DK1KXK1'}, 'is not built here: its convolutions are those of videos'),
        ({'class': 'SuperResKXKX', 'in': 24}, 'a shortcut that only pools, which is not built'),
        ({'class': 'SuperResConvKXKX'}, 'in three ways; say which with --form: damo-yolo'),
    ],
)
def test_what_means_another_network_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        genotype_from_tinynas([STAGE | change])
    assert '\n' not in str(refused.value)


def test_keys_that_say_what_is_built_anyway_are_read() -> None:
    said = STAGE | {'g': 1, 'p': 2, 'inner_class': 'ResK1KXK1', 'act': 'swish'}
    assert genotype_from_tinynas([said]) == genotype_from_tinynas([STAGE | {'act': 'silu'}])


def test_texts_of_zennas_are_refused() -> None:
    with pytest.raises(ValueError, match=r'texts of ZenNAS are not read; docs/blocks\.md says'):
        genotype_from_tinynas('SuperConvK3BNRELU(3,16,2,1)SuperResIDWE1K7(16,40,2,40,1)')


def damo_yolo(kind: str = 'K1KX', widths: tuple[int, ...] = (16, 24, 40, 64, 64, 96)) -> list[Any]:
    """A text like those of DAMO-YOLO; every number of it is another one."""
    blocks = [{'class': 'ConvKXBNRELU', 'in': 3, 'k': 3, 'out': widths[0], 's': 1, 'nbitsA': 8}]
    for i, (stride, depth) in enumerate(zip((2, 2, 2, 1, 2), (1, 4, 3, 2, 2), strict=True)):
        name, sizes = f'SuperResConv{kind}', dict(btn=(12, 20, 28, 28, 44)[i], L=depth, k=3)
        ends = {'in': widths[i], 'out': widths[i + 1], 's': stride}
        blocks.append({'class': name, 'inner_class': name[5:], 'nbitsW': [8] * 4} | ends | sizes)
    return blocks


class Count:
    """Params and MACs of convolutions with batch norms, one after the other."""

    def __init__(self, side: int) -> None:
        self.side, self.params, self.macs = side, 0, 0

    def conv(self, ends: tuple[int, int], k: int, stride: int = 1, groups: int = 1) -> None:
        weights = ends[0] * ends[1] * k * k // groups
        self.side = -(-self.side // stride)
        self.params += weights + 2 * ends[1]
        self.macs += weights * self.side**2


def counted(structure: list[Any], form: str, side: int) -> tuple[int, int]:
    """What is built of a text, from the description of DAMO-YOLO's three backbones."""
    stem, *stages = structure
    count = Count(side // 2)  # space-to-depth
    count.conv((12, stem['out']), stem['k'])
    if form == 'damo-yolo-csp':
        first, second, third, beside, last = stages
        merged = {**third, 'L': third['L'] + beside['L']}
        for spec in (first, second, merged, last):
            out, btn = spec['out'], spec['btn']
            count.conv((spec['in'], out), 3, 2)
            if spec['L'] > 1:
                for ends in ((out, out // 2), (out, out // 2), (out, out)):
                    count.conv(ends, 1)
            for _ in range(spec['L'] - 1):
                count.conv((out // 2, btn), 3)
                count.conv((btn, out // 2), 3)
        return count.params, count.macs
    for spec in stages:
        channels = spec['in']
        for i in range(spec['L']):
            out, stride = spec['out'], 1 if i else spec['s']
            if form == 'damo-yolo-nano':
                middle = ceil(2.5 * out)
                count.conv((channels, middle), 1)
                count.conv((middle, middle), 5, stride, middle)
                count.conv((middle, out), 1)
            else:
                if stride == 1 and channels != out:
                    count.conv((channels, out), 1)
                count.conv((channels, spec['btn']), 1 if 'K1KX' in spec['class'] else 3)
                count.conv((spec['btn'], out), 3, stride)
            channels = out
    return count.params, count.macs


@pytest.mark.parametrize(
    ('form', 'kind', 'widths'),
    [
        ('damo-yolo', 'K1KX', (16, 24, 40, 64, 64, 96)),
        ('damo-yolo', 'K1KX', (16, 24, 24, 64, 80, 96)),
        ('damo-yolo', 'KXKX', (16, 24, 40, 64, 64, 96)),
        ('damo-yolo-nano', 'K1KX', (16, 25, 40, 64, 80, 96)),
        ('damo-yolo-csp', 'KXKX', (16, 24, 40, 64, 64, 96)),
    ],
)
def test_forms_of_damo_yolo_have_the_counts_of_their_descriptions(
    form: str, kind: str, widths: tuple[int, ...]
) -> None:
    structure = damo_yolo(kind, widths)
    genotype = genotype_from_tinynas(repr(structure), form)
    for side in (64, 224):
        found = measures.params(genotype), measures.macs(genotype, side)
        assert found == counted(structure, form, side)
    assert genotype.out_strides == (2, 4, 8, 16, 32)
    assert genotype.out_channels == (*widths[:3], *widths[4:])
    assert genotype.in_channels == 3


def test_a_stem_of_the_search_has_its_channels_after_space_to_depth() -> None:
    whole = damo_yolo()
    searched = [whole[0] | {'in': 12}, *whole[1:]]
    assert genotype_from_tinynas(searched, 'damo-yolo') == genotype_from_tinynas(whole, 'damo-yolo')


@pytest.mark.parametrize(
    ('form', 'structure', 'message'),
    [
        ('damo', damo_yolo(), "form 'damo' is unknown; known: tinynas, damo-yolo, "),
        ('damo-yolo', damo_yolo()[1:], 'should begin with a ConvKXBNRELU of stride 1'),
        ('damo-yolo', [{**damo_yolo()[0], 's': 2}], 'of stride 1, but got ConvKXBNRELU of s 2'),
        ('damo-yolo', damo_yolo()[:1] * 2, r'structure\[1\]: DAMO-YOLO has no ConvKXBNRELU after'),
        ('damo-yolo-csp', damo_yolo(), 'should be a stem and five stages of SuperResConvKXKX'),
        ('damo-yolo-csp', damo_yolo('KXKX')[:-1], 'should be a stem and five stages'),
        (
            'damo-yolo-csp',
            damo_yolo('KXKX', (16, 24, 40, 64, 80, 96)),
            'should agree in out, btn and k: they are one',
        ),
    ],
)
def test_what_does_not_fit_a_form_is_refused(form: str, structure: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        genotype_from_tinynas(structure, form)


def test_all_best_structures_are_read_in_order() -> None:
    several = {'best_structures': [STRUCTURE, STRUCTURE[:1]], 'space_arch': 'CnnNet'}
    found = genotypes_from_tinynas(several)
    assert found == [GENOTYPE, Genotype(GENOTYPE.blocks[:1])]
    several = several | {'best_structures': [STRUCTURE, [{'class': 'C2F'}]]}
    with pytest.raises(ValueError, match=r"^best_structures\[1\]\[0\]: TinyNAS class 'C2F'"):
        genotypes_from_tinynas(several)
