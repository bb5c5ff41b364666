"""The mixed space: which families stand where, and what a family takes over from another."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Annotated, Any

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, BottleneckStage, C2f, ConvBNAct, PlainC2f
from pisnas_mm.blocks.fields import Choice, Depth, Width, mutable_fields
from pisnas_mm.checks import Problems
from pisnas_mm.registry import SPACES, build
from pisnas_mm.spaces import MixedSpace
from tests.test_spaces.families import Halving, Picky, Widening, registered

SEED = [
    dict(type='ConvBNAct', in_channels=3, out_channels=16, stride=2, act='silu'),
    dict(type='BottleneckStage', in_channels=16, out_channels=32, mid_channels=8, stride=2),
    dict(type='C2f', in_channels=32, out_channels=48, num_blocks=5, kernel_size=5),
    dict(type='C2f', in_channels=48, out_channels=48),
]
CHOICES = [
    ['ConvBNAct', 'Halving'],
    None,
    ['C2f', 'BottleneckStage', 'Widening'],
    ['C2f', 'Picky', 'Widening', 'PlainC2f'],
]
SETTINGS = dict(max_channels=128, max_depth=6, kernel_sizes=(3, 5))


@pytest.fixture(scope='module', autouse=True)
def families() -> Iterator[None]:
    with registered(Widening, Picky, Halving):
        yield


@pytest.fixture(scope='module')
def space(families: None) -> MixedSpace:
    return MixedSpace(SEED, CHOICES, **SETTINGS)


def walk(space: MixedSpace, steps: int, seed: int = 1) -> Iterator[Genotype]:
    rng, genotype = Random(seed), space.seed
    for _ in range(steps):
        genotype = space.mutate(genotype, rng)
        yield genotype


def test_a_walk_is_valid_and_reaches_all_families_and_options(space):
    seen = set()
    for genotype in walk(space, 6000):
        assert Genotype.from_list(json.loads(json.dumps(genotype.to_list()))) == genotype
        assert genotype.strides == tuple(block.stride for block in genotype.blocks)
        widths = [block.out_channels for block in genotype.blocks]
        assert widths == sorted(widths)
        assert widths[-1] <= 128
        for i, block in enumerate(genotype.blocks):
            seen.add((i, type(block)))
            seen |= {(i, name, getattr(block, name)) for name in mutable_fields(type(block))}
            assert not block.num_blocks or 1 <= block.num_blocks <= 6
            assert block.kernel_size in (3, 5)
            inner = getattr(block, 'mid_channels', getattr(block, 'inner_channels', 8))
            assert inner % 8 == 0
            if hasattr(block, 'mid_channels') or hasattr(block, 'inner_channels'):
                assert block.out_channels / 10 <= inner <= block.out_channels
    for i, place in enumerate(space.places):
        assert {(i, family) for family in place} <= seen
    assert {(2, 'expansion', n) for n in (2, 3, 4)} <= seen
    assert {(2, 'plain', value) for value in (False, True)} <= seen
    assert {type(g.blocks[1]) for g in walk(space, 500)} == {BottleneckStage}


def test_a_family_takes_over_what_both_have(space):
    block = _with(space, 2, Widening).blocks[2]
    assert block == Widening(32, 48, num_blocks=5, expansion=2, kernel_size=5, act='silu')
    block = _with(space, 2, BottleneckStage).blocks[2]
    assert block == BottleneckStage(32, 48, 16, 5, kernel_size=5, stride=1, act='silu')
    assert _with(space, 0, Halving).blocks[0] == Halving(3, 16, act='silu')


def test_a_family_has_its_defaults_where_it_refuses(space):
    genotype = _with(space, 3, Picky)
    assert genotype.blocks[3] == Picky(48, 48, inner_channels=40, num_blocks=1)
    wide = MixedSpace(
        [*SEED[:3], dict(SEED[3], out_channels=64, num_blocks=3, kernel_size=5)],
        CHOICES,
        **SETTINGS,
    )
    # Three inner blocks it has, but neither a 5×5 nor a SiLU.
    assert _with(wide, 3, Picky).blocks[3] == Picky(48, 64, num_blocks=3, kernel_size=3)


def test_inner_widths_come_within_their_bounds():
    seed = [dict(SEED[0], out_channels=16), dict(SEED[3], in_channels=16, out_channels=32)]
    space = MixedSpace(seed, [None, ['C2f', 'Picky']])
    assert _with(space, 1, Picky).blocks[1].inner_channels == 32  # and not 40
    seed[1]['out_channels'] = 480
    space = MixedSpace(seed, [None, ['C2f', 'Picky']])
    assert _with(space, 1, Picky).blocks[1].inner_channels == 48


def test_what_a_family_refuses_is_not_taken(space):
    for genotype in walk(space, 3000, seed=2):
        block = genotype.blocks[3]
        if isinstance(block, Picky):
            assert block.out_channels % 16 == 0
            assert block.num_blocks <= 3


def test_every_change_of_family_can_be_undone(space):
    rng, changes = Random(5), 0
    for genotype in walk(space, 800, seed=3):
        after = space.mutate(genotype, rng)
        for i, (old, new) in enumerate(zip(genotype.blocks, after.blocks, strict=True)):
            if type(old) is type(new):
                continue
            changes += 1
            back = _with(space, i, type(old), after)
            shared = vars(old).keys() & vars(new).keys() - {'kernel_size', 'act', 'num_blocks'}
            assert type(back.blocks[i]) is type(old)
            assert all(getattr(back.blocks[i], n) == getattr(old, n) for n in shared)
            if {type(old), type(new)} <= {C2f, PlainC2f, Widening} and not isinstance(
                old, Widening
            ):
                assert back == genotype
    assert changes > 50


def test_the_rng_alone_decides(space):
    assert list(walk(space, 300)) == list(walk(MixedSpace(SEED, CHOICES, **SETTINGS), 300))


@pytest.mark.parametrize(
    'measure',
    [
        measures.params,
        measures.layers,
        lambda genotype: measures.macs(genotype, 64),
        lambda genotype: measures.bottleneck_entropy(genotype, 64),
    ],
    ids=['params', 'layers', 'macs', 'entropy'],
)
def test_the_extremes_are_those_of_all_combinations(space, measure):
    def all_of(width, depth, inner, kernel):
        stems = [ConvBNAct(3, width, 3, 2, 'silu'), Halving(3, width, act='silu')]
        first = [BottleneckStage(width, width, inner, depth, kernel, 2)]
        widenings = [
            Widening(width, width, depth, expansion, kernel, plain)
            for expansion, plain in product((2, 3, 4), (False, True))
        ]
        c2f = C2f(width, width, depth, kernel)
        picky = Picky(width, width, inner, min(depth, 3), 3)
        second = [c2f, BottleneckStage(width, width, inner, depth, kernel, act='silu'), *widenings]
        third = [c2f, PlainC2f(width, width, depth, kernel), picky, *widenings]
        return [measure(Genotype(blocks)) for blocks in product(stems, first, second, third)]

    largest = measure(space.largest(measure))
    assert largest == max(all_of(128, 6, 128, 5))
    smallest = measure(space.smallest(measure))
    assert smallest <= min(all_of(16, 1, 8, 3))  # widths of 8 are there, too, if not for Picky
    for genotype in walk(space, 2000, seed=4):
        assert smallest <= measure(genotype) <= largest


def test_the_extremes_reach_a_family_that_two_equal_places_need():
    # H_btn is a minimum: at two equal places, neither helps without the other.
    seed = [SEED[0], *[dict(type='C2f', in_channels=16, out_channels=16) for _ in range(2)]]
    choices = [None, *[['C2f', 'BottleneckStage']] * 2]
    space = MixedSpace(seed, choices, max_channels=16)

    def fewest(genotype: Genotype) -> int:
        return min(len(block.graph().convs()) for block in genotype.blocks[1:])

    # 2 + 2 n of a C2f against 3 n + 1.
    assert [type(b) for b in space.largest(fewest).blocks[1:]] == [BottleneckStage] * 2


def test_an_extreme_is_the_outermost_that_a_family_accepts():
    seed = [SEED[0], dict(type='Picky', in_channels=16, out_channels=32, inner_channels=16)]
    space = MixedSpace(seed, ['Picky'], **SETTINGS | dict(max_channels=120))
    assert space.largest(measures.params).blocks[1] == Picky(112, 112, 112, num_blocks=3)
    assert space.smallest(measures.params).blocks[1] == Picky(8, 16, 8, num_blocks=1)


def test_an_option_that_another_family_lacks_is_not_taken_over():
    fewer = _widening('Fewer', expansion=Annotated[int, Choice(2, 4)])
    with registered(fewer):
        for expansion, taken in [(3, 2), (4, 4)]:
            seed = [SEED[0], Widening(16, 32, expansion=expansion).to_dict()]
            space = MixedSpace(seed, ['Widening', 'Fewer'])
            assert _with(space, 1, fewer).blocks[1].expansion == taken


def test_the_examples_show_every_family(space):
    examples = space.examples()
    assert next(iter(examples.items())) == ('space.seed', space.seed)
    shown = {type(block) for example in examples.values() for block in example.blocks}
    assert shown == {ConvBNAct, Halving, BottleneckStage, C2f, Widening, Picky, PlainC2f}
    assert [type(b) for b in examples['space.seed with Widening'].blocks[2:]] == [Widening] * 2


def test_one_list_stands_for_all_places():
    space = MixedSpace(SEED, ['C2f', 'BottleneckStage', 'Picky'], **SETTINGS)
    assert space.places == [
        (ConvBNAct,),
        (BottleneckStage,),  # of stride 2, which the others have not
        (C2f, BottleneckStage, Picky),
        (C2f, BottleneckStage, Picky),
    ]


def _with(space: MixedSpace, i: int, family: type, genotype: Genotype | None = None) -> Genotype:
    """The first of many mutations that changes the family of block i to this one, alone."""
    start = genotype or space.seed
    for seed in range(3000):
        found = space.mutate(start, Random(seed))
        if type(found.blocks[i]) is family and type(start.blocks[i]) is not family:
            return found
    raise AssertionError(f'{family.__name__} is not reached')


@pytest.mark.parametrize(
    ('choices', 'lines'),
    [
        ('C2f', ["choices should be a list of block families, but got 'C2f'"]),
        ([], [r'choices should be a list of block families, but got \[\]']),
        (
            ['C2f', 'C2ff', 'Widning'],
            [
                r"choices\[1\]: block 'C2ff' is unknown; did you mean 'C2f'\?",
                r"choices\[2\]: block 'Widning' is unknown; did you mean 'Widening'\?",
            ],
        ),
        (
            [None, ['C2f', 'BottleneckStage'], 3],
            [
                'an entry for each of the 4 blocks of the seed, but has 3',
                r'choices\[1\]: C2f cannot take the place of seed\[1\] \(BottleneckStage\): the '
                'stride there is 2',
                r'choices\[2\] should be None or a list of families, but got 3',
            ],
        ),
        (
            [None, None, ['Widening'], ['C2f', 'ConvBNAct']],
            [
                r"choices\[2\] should have the family of seed\[2\], C2f, but got \['Widening'\]",
                r'choices\[3\]: ConvBNAct cannot take the place of seed\[3\] \(C2f\): scores count',
            ],
        ),
        (
            ['ConvBNAct', 'Halving', 'SPPF'],
            ['SPPF fits nowhere where the seed has one of these families'],
        ),
    ],
)
def test_choices_that_cannot_be_are_told_at_once(choices, lines):
    with pytest.raises(Problems) as raised:
        build(SPACES, dict(type='MixedSpace', seed=SEED, choices=choices, **SETTINGS), 'space')
    found = str(raised.value).splitlines()
    assert len(found) == len(lines)
    for line, wanted in zip(found, lines, strict=True):
        assert re.search(wanted, line), line
        assert line.startswith('space: ')


def _widening(name: str = 'Faulty', **annotations: Any) -> type[Block]:
    """The family with other annotations, and with a default of 0 for new fields."""
    new = dict.fromkeys(annotations.keys() - Widening.__annotations__.keys(), 0)
    body = {'__annotations__': annotations, **new}
    return dataclass(frozen=True)(type(name, (Widening,), body))


@pytest.mark.parametrize(
    ('annotations', 'message'),
    [
        (dict(out_channels=int), 'Faulty.out_channels should be a `Width`'),
        (dict(hidden=Width), 'Faulty.hidden should be an `InnerWidth`: only out_channels'),
        (dict(stride=Annotated[int, Choice(1, 2)]), 'Faulty.stride should be no field that mut'),
        (dict(in_channels=Depth), 'Faulty.in_channels should be no field that mutates'),
        (dict(plain=Annotated[bool, Choice(False)]), 'plain should be a `Choice` of two values'),
        (dict(expansion=Annotated[int, Choice(3, 4)]), r'has the default, 2, but got \(3, 4\)'),
        (dict(expansion=Annotated[int, Choice(2, 0)]), r'seed\[2\].*got 0'),
    ],
)
def test_a_family_that_declares_its_fields_wrongly_is_refused(annotations, message):
    family = _widening(**annotations)
    with registered(family), pytest.raises(ValueError, match=message):
        MixedSpace(SEED, ['C2f', 'Faulty'], **SETTINGS)


@pytest.mark.parametrize('old', [dict(mutable=('out_channels',)), dict(options={})])
def test_fields_that_are_listed_as_they_once_were_are_refused(old):
    family = type('Faulty', (Widening,), old)
    with registered(family), pytest.raises(ValueError, match='annotate the fields that mutate'):
        MixedSpace(SEED, ['C2f', 'Faulty'], **SETTINGS)


def test_a_place_that_a_family_refuses_is_named():
    seed = [*SEED[:3], dict(SEED[3], out_channels=56)]
    with pytest.raises(ValueError, match=r'choices: Picky in the place of seed\[3\]: .*sixteens'):
        MixedSpace(seed, CHOICES, **SETTINGS)
    with pytest.raises(ValueError, match=r'Picky accepts none of the kernel_sizes \(5, 7\)'):
        MixedSpace(
            [SEED[0], dict(SEED[2], in_channels=16)],
            [None, ['C2f', 'Picky']],
            kernel_sizes=(5, 7),
        )


def test_an_option_of_the_seed_is_one_of_those():
    seed = [SEED[0], dict(type='Widening', in_channels=16, out_channels=32, expansion=5)]
    message = r'seed\[1\] \(Widening\).expansion should be one of \(2, 3, 4\), but got 5'
    with pytest.raises(ValueError, match=message):
        MixedSpace(seed, ['Widening', 'C2f'])
