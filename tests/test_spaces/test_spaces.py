from random import Random

import pytest

from pisnas_mm.blocks.fields import Number, mutable_fields
from pisnas_mm.constraints import BottleneckEntropy, Params
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces import C2fSpace, C3Space, MixedSpace, ResidualSpace, Space

YOLOV8_S = [dict(type='ConvBNAct', in_channels=3, out_channels=32, stride=2, act='silu')]
for i, o, n in [(32, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 1)]:
    YOLOV8_S += [
        dict(type='ConvBNAct', in_channels=i, out_channels=o, stride=2, act='silu'),
        dict(type='C2f', in_channels=o, out_channels=o, num_blocks=n),
    ]
YOLOV5_S = [dict(type='Focus', in_channels=3, out_channels=32)] + [
    spec | dict(type='C3') if spec['type'] == 'C2f' else spec for spec in YOLOV8_S[1:]
]
R50 = [dict(type='ConvBNAct', in_channels=3, out_channels=32, stride=2)]
for i, o, m, s in [
    (32, 256, 64, 2),
    (256, 512, 128, 2),
    (512, 768, 256, 2),
    (768, 1024, 256, 1),
    (1024, 2048, 512, 2),
]:
    R50 += [dict(type='BottleneckStage', in_channels=i, out_channels=o, mid_channels=m, stride=s)]
SPACES_TO_TEST = {
    'C2fSpace': C2fSpace(YOLOV8_S, max_channels=1024, max_depth=12),
    'C3Space': C3Space(YOLOV5_S, max_channels=1024, max_depth=12),
    'ResidualSpace': ResidualSpace(R50, max_channels=2048, kernel_sizes=(3, 5), max_depth=30),
    'MixedSpace': MixedSpace(
        YOLOV8_S, ['C2f', 'PlainC2f', 'BottleneckStage'], kernel_sizes=(3, 5), max_depth=12
    ),
}


def test_every_registered_space_is_tested():
    assert set(SPACES_TO_TEST) == set(SPACES.module_dict)


def walk(space: Space, steps: int):
    """A random walk with restarts at the seed, so that both ends of the space are met."""
    rng = Random(1)
    genotype = space.seed
    for step in range(steps):
        genotype = space.mutate(space.seed if step % 500 == 0 else genotype, rng)
        yield genotype


@pytest.mark.parametrize('space', SPACES_TO_TEST.values(), ids=SPACES_TO_TEST)
def test_mutations_stay_in_the_space(space):
    for genotype in walk(space, 4000):  # a genotype that could not be built would raise
        blocks = genotype.blocks
        widths = [block.out_channels for block in blocks]
        assert widths == sorted(widths)
        assert widths[-1] <= space.max_channels
        assert all(width % 8 == 0 for width in widths)
        assert [b.stride for b in blocks] == [b.stride for b in space.seed.blocks]
        assert all(type(b) in place for b, place in zip(blocks, space.places, strict=True))
        assert all(b.kernel_size in space.kernel_sizes for b in blocks)
        assert all(b.num_blocks <= space.max_depth for b in blocks)


def test_residual_rules_hold_once_a_block_has_mutated():
    space = SPACES_TO_TEST['ResidualSpace']
    expanded = [8] * len(space.seed.blocks)
    for genotype in walk(space, 4000):
        stages = genotype.blocks[1:]
        assert genotype.blocks[0].out_channels <= 32
        assert stages[0].num_blocks <= 3
        for i, stage in enumerate(stages):
            assert stage.out_channels / 10 <= stage.mid_channels <= stage.out_channels
            assert stage.mid_channels % 8 == 0
            # The seed's first stage is eight times wider than its stem; nothing widens it further.
            ratio = stage.out_channels / stage.in_channels
            assert ratio <= max(4, expanded[i])


@pytest.mark.parametrize('space', SPACES_TO_TEST.values(), ids=SPACES_TO_TEST)
def test_one_mutation_changes_one_field_and_what_follows_from_it(space):
    rng = Random(0)
    changed = 0
    for _ in range(300):
        blocks = space.mutate(space.seed, rng).blocks
        differing = [i for i, block in enumerate(blocks) if block != space.seed.blocks[i]]
        changed += bool(differing)
        assert len(differing) <= 2
        if len(differing) == 2:  # a width: the next block reads it
            assert differing[1] == differing[0] + 1
    assert changed > 150


@pytest.mark.parametrize('space', SPACES_TO_TEST.values(), ids=SPACES_TO_TEST)
def test_every_field_mutates_in_every_block(space):
    seen = {(i, name) for g in walk(space, 4000) for i, name in _differences(space, g)}
    wanted = {
        (i, name)
        for i, block in enumerate(space.seed.blocks)
        for name, kind in mutable_fields(type(block)).items()
        if kind is not Number.KERNEL or len(space.kernel_sizes) > 1
    }
    assert wanted <= seen


def _differences(space, genotype):
    for i, (block, seed) in enumerate(zip(genotype.blocks, space.seed.blocks, strict=True)):
        for name in mutable_fields(type(seed)) if type(block) is type(seed) else ():
            if getattr(block, name) != getattr(seed, name):
                yield i, name


@pytest.mark.parametrize('space', SPACES_TO_TEST.values(), ids=SPACES_TO_TEST)
def test_the_same_rng_gives_the_same_walk(space):
    assert list(walk(space, 200)) == list(walk(space, 200))


@pytest.mark.parametrize('space', SPACES_TO_TEST.values(), ids=SPACES_TO_TEST)
def test_the_extremes_bound_the_space(space):
    params, entropy = Params(max=1), BottleneckEntropy(min=1, image_size=128)
    for genotype in list(walk(space, 1000))[::20]:
        assert params.measure(space.smallest(params.measure)) <= params.measure(genotype)
        assert params.measure(genotype) <= params.measure(space.largest(params.measure))
        assert entropy.measure(genotype) <= entropy.measure(space.largest(entropy.measure))


@pytest.mark.parametrize(
    ('space', 'i', 'change', 'message'),
    [
        (C2fSpace, 2, dict(type='BottleneckStage', mid_channels=8), 'C2fSpace has the blocks C2f'),
        (C2fSpace, 8, dict(out_channels=516), r'seed\[8\].*multiple of 8, but got 516'),
        (C2fSpace, 8, dict(out_channels=2048), r'seed\[8\].*from 512 to 1024, but got 2048'),
        (C2fSpace, 8, dict(out_channels=256), r'seed\[8\].*from 512 to 1024, but got 256'),
        (C2fSpace, 2, dict(kernel_size=5), r'seed\[2\].*one of \(3,\), but got 5'),
        (C2fSpace, 2, dict(num_blocks=200), r'seed\[2\].*num_blocks should be from 1 to 100'),
        (ResidualSpace, 1, dict(mid_channels=12), r'seed\[1\].*multiple of 8, but got 12'),
    ],
)
def test_a_seed_outside_the_space_is_refused(space, i, change, message):
    seed = [dict(spec) for spec in (YOLOV8_S if space is C2fSpace else R50)]
    seed[i] |= change
    with pytest.raises(ValueError, match=message):
        space(seed, max_channels=1024 if space is C2fSpace else 2048)
