import re
from dataclasses import fields
from pathlib import Path

import pytest

from pisnas_mm import measures
from pisnas_mm.blocks.fields import Number, fields_of
from pisnas_mm.spaces import C2fSpace, MixedSpace, ResidualSpace, Space
from pisnas_mm.spaces.settings import Settings
from tests.test_spaces.test_spaces import R50, YOLOV8_S, walk

REPOSITORY = Path(__file__).parents[2]

# The published DeepMAD-R18 and MAE-DET-L: widths that decrease, a width of 2400, one of 220.
DEEPMAD_R18 = [(3, 32, 0, 2), (32, 96, 40, 2), (96, 384, 40, 2), (384, 384, 64, 2)]
DEEPMAD_R18 += [(384, 1024, 104, 1), (1024, 672, 104, 2)]
MAEDET_L = [(3, 80, 0, 2), (80, 144, 80, 2), (144, 608, 88, 2), (608, 1912, 136, 2)]
MAEDET_L += [(1912, 2400, 220, 2)]


def arch(rows: list[tuple[int, int, int, int]]) -> list[dict]:
    stem, *stages = rows
    return [dict(type='ConvBNAct', in_channels=stem[0], out_channels=stem[1], stride=stem[3])] + [
        dict(type='BottleneckStage', in_channels=i, out_channels=o, mid_channels=m, stride=s)
        for i, o, m, s in stages
    ]


@pytest.mark.parametrize(
    ('setting', 'message'),
    [
        (dict(channel_factors=[]), r'channel_factors should be a list of numbers, but got \[\]'),
        (dict(channel_factors=[0]), r'channel_factors\[0\] should be greater than 0'),
        (dict(max_depth=0), 'max_depth should be a whole number >= 1, but got 0'),
        (dict(max_first_depth=0), 'max_first_depth should be a whole number >= 1'),
        (dict(max_expansion=2.5), 'max_expansion should be a whole number >= 1, but got 2.5'),
        (dict(max_reduction=0), 'max_reduction should be a whole number >= 1'),
        (dict(max_stem_channels=20), 'max_stem_channels should be a multiple of 8, but got 20'),
        (dict(max_channels=None), 'max_channels should be a whole number >= 8, but got None'),
        (dict(channel_step=0), 'channel_step should be a whole number >= 1, but got 0'),
        (dict(channel_step=48), 'max_channels should be a multiple of 48, but got 2048'),
        (dict(monotone_widths=1), 'monotone_widths should be True or False, but got 1'),
        (dict(depth_steps=[0]), r'depth_steps\[0\] should be a whole number other than 0'),
        (dict(kernel_sizes=[4]), r'kernel_sizes\[0\] should be odd, but got 4'),
    ],
)
def test_a_setting_out_of_bounds_is_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        C2fSpace(YOLOV8_S, **setting)


def widths(space: Space, steps: int = 3000) -> set[int]:
    """All widths, inner ones too, that a walk meets."""
    return {
        getattr(block, name)
        for genotype in walk(space, steps)
        for block in genotype.blocks
        for kind in (Number.WIDTH, Number.INNER_WIDTH)
        for name in fields_of(type(block), kind)
    }


@pytest.mark.parametrize('step', [4, 16, 32])
def test_widths_are_multiples_of_the_channel_step(step):
    residual = ResidualSpace(R50, channel_step=step, max_stem_channels=64)
    choices = ['C2f', 'ELAN', 'BottleneckStage']
    for space in (residual, MixedSpace(YOLOV8_S, choices, channel_step=step)):
        met = widths(space)
        assert all(width % step == 0 for width in met)
        assert any(width % (2 * step) for width in met)
        for end in (space.smallest(measures.params), space.largest(measures.params)):
            assert all(block.out_channels % step == 0 for block in end.blocks)
        assert space.smallest(measures.params).out_channels[0] == step


def test_a_seed_is_of_the_channel_step():
    message = r'seed\[1\].*out_channels should be a multiple of 32, but got 144: see channel_step'
    with pytest.raises(ValueError, match=message):
        ResidualSpace(arch([(3, 64, 0, 2), (64, 144, 64, 2)]), channel_step=32)


def test_published_backbones_are_seeds_where_the_limits_allow_them():
    with pytest.raises(ValueError, match=r'seed\[5\].* should be from 1024 to 2048, but got 672'):
        ResidualSpace(arch(DEEPMAD_R18))
    with pytest.raises(ValueError, match=r'seed\[4\].* from 1912 to 2048, but got 2400'):
        ResidualSpace(arch(MAEDET_L))
    for rows, settings in [
        (DEEPMAD_R18, dict(monotone_widths=False)),
        (MAEDET_L, dict(max_channels=2400, channel_step=4, max_reduction=15)),
    ]:
        space = ResidualSpace(arch(rows), **settings)
        assert [block['out_channels'] for block in space.seed.to_list()] == [r[1] for r in rows]
        for genotype in walk(space, 500):  # a search goes on from there, and within the space
            ResidualSpace(genotype, **settings)


def test_widths_may_decrease_where_they_need_not_be_monotone():
    space = C2fSpace(YOLOV8_S, monotone_widths=False, max_channels=256 * 4)
    pairs = [
        (block.in_channels, block.out_channels)
        for genotype in walk(space, 2000)
        for block in genotype.blocks[1:]
    ]
    assert any(after < before for before, after in pairs)
    assert max(after for _, after in pairs) == 1024
    assert set(space.smallest(measures.params).out_channels) == {8}
    assert set(space.largest(measures.params).out_channels) == {1024}


def test_every_limit_can_be_set_in_every_space():
    limits = dict(max_stem_channels=16, max_expansion=2, max_first_depth=2)
    seed = C2fSpace(YOLOV8_S).smallest(measures.params)
    space = C2fSpace(seed, **limits)
    met = list(walk(space, 4000))
    # The stem are both strided convolutions before the first C2f.
    assert {g.blocks[i].out_channels for g in met for i in (0, 1)} == {8, 16}
    assert {g.blocks[2].num_blocks for g in met} == {1, 2}
    assert max(g.blocks[4].num_blocks for g in met) > 2
    ratios = {b.out_channels / b.in_channels for g in met for b in g.blocks[1:]}
    assert max(ratios) == 2
    largest = space.largest(measures.params)
    assert [b.out_channels for b in largest.blocks] == [16, 16, 32, 64, 128, 256, 512, 1024, 2048]
    free = ResidualSpace(R50, max_stem_channels=None, max_expansion=None, max_first_depth=None)
    widest = free.largest(measures.params).blocks
    assert {block.out_channels for block in widest} == {2048}
    assert widest[1].num_blocks == 100


def test_a_residual_space_may_have_a_stem_of_two_convolutions():
    stem = [
        dict(type='ConvBNAct', in_channels=3, out_channels=16, stride=2),
        dict(type='ConvBNAct', in_channels=16, out_channels=32, stride=2),
    ]
    stages = [dict(block) for block in R50[1:]]
    stages[0] |= dict(stride=1)
    space = ResidualSpace(stem + stages)
    met = list(walk(space, 3000))
    assert max(g.blocks[i].out_channels for g in met for i in (0, 1)) == 32
    assert max(g.blocks[2].num_blocks for g in met) == 3
    assert max(g.blocks[3].num_blocks for g in met) > 3
    assert space.seed.out_strides == (2, 4, 8, 16, 32)


def test_a_seed_is_a_genotype_or_its_blocks():
    genotype = ResidualSpace(R50).seed
    assert ResidualSpace(genotype).seed is genotype
    assert genotype.to_list() == ResidualSpace(genotype.to_list()).seed.to_list()


def test_the_page_tells_every_setting_and_its_default():
    page = (REPOSITORY / 'docs/how-to/space.md').read_text()
    told = re.findall(r'^\| `(\w+)` \| (.*?) \|', page, re.MULTILINE)
    residual = {field.name: field.default for field in fields(ResidualSpace)}
    defaults = []
    for field in fields(Settings):
        own = residual[field.name]
        also = '' if own == field.default else f' (residual: {own})'
        defaults.append((field.name, f'{field.default}{also}'))
    assert told == defaults
