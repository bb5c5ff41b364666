import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import SPPF, ConvBNAct

ARCH = [
    dict(type='ConvBNAct', in_channels=3, out_channels=16, kernel_size=3, stride=2, act='relu'),
    dict(type='ConvBNAct', in_channels=16, out_channels=24, kernel_size=3, stride=2, act='silu'),
    dict(type='C2f', in_channels=24, out_channels=32, num_blocks=2, kernel_size=3, act='silu'),
    dict(
        type='BottleneckStage',
        in_channels=32,
        out_channels=64,
        mid_channels=16,
        num_blocks=3,
        kernel_size=5,
        stride=2,
        act='relu',
    ),
]


def test_a_list_reads_back_equal():
    genotype = Genotype.from_list(ARCH)
    assert genotype.to_list() == ARCH
    again = Genotype.from_list(genotype.to_list())
    assert again == genotype
    assert hash(again) == hash(genotype)


def test_any_changed_field_makes_another_genotype():
    genotype = Genotype.from_list(ARCH)
    for i, (key, value) in enumerate(
        [('act', 'silu'), ('kernel_size', 5), ('num_blocks', 3), ('mid_channels', 8)]
    ):
        changed = [dict(spec) for spec in ARCH]
        changed[i][key] = value
        assert Genotype.from_list(changed) != genotype


def test_a_stage_begins_at_every_stride():
    genotype = Genotype.from_list(ARCH)
    assert [len(stage) for stage in genotype.stages] == [1, 2, 1]
    assert genotype.out_channels == (16, 32, 64)
    assert genotype.out_strides == (2, 4, 8)
    assert genotype.depths == (2, 3)


def test_blocks_before_the_first_stride_belong_to_the_first_stage():
    strides = enumerate([1, 2, 1, 2, 2])
    blocks = tuple(ConvBNAct(8, 8, 2 * i + 1, stride) for i, stride in strides)
    genotype = Genotype(blocks, in_channels=8)
    assert genotype.stages == [blocks[:3], blocks[3:4], blocks[4:]]


@pytest.mark.parametrize(
    ('i', 'change', 'message'),
    [
        (2, dict(type='C2ff'), r"arch\[2\]: block 'C2ff' is unknown; did you mean 'C2f'\?"),
        (1, dict(in_channels=17), r'arch\[1\].*in_channels should be 16, because arch\[0\] gives'),
        (0, dict(in_channels=4), r'arch\[0\].*in_channels should be 3, because the input has 3'),
        (0, dict(stride=3), r'arch\[0\].*stride should be one of \(1, 2\), but got 3'),
        (2, dict(num_blocks=0), r'arch\[2\].*num_blocks should be a whole number >= 1, but got 0'),
        (3, dict(num_blocks=-1), r'arch\[3\].*num_blocks should be a whole number >= 1'),
        (3, dict(mid_channels=1.5), r'arch\[3\].*mid_channels should be a whole number >= 1'),
        (2, dict(out_channels=33), r'arch\[2\].*out_channels should be even, but got 33'),
        (1, dict(kernel_size=4), r'arch\[1\].*kernel_size should be odd, but got 4'),
        (1, dict(act='tanh'), r"arch\[1\].*act should be one of .*, but got 'tanh'"),
        (2, dict(depth=2), r'arch\[2\]: C2f takes no `depth`'),
    ],
)
def test_a_mistake_is_named_with_its_place(i, change, message):
    arch = [dict(spec) for spec in ARCH]
    arch[i] |= change
    with pytest.raises(ValueError, match=message):
        Genotype.from_list(arch, in_channels=3)


def test_the_image_has_the_channels_that_the_first_block_takes():
    assert Genotype.from_list([ARCH[1]]).in_channels == 16


@pytest.mark.parametrize('arch', [[], 'C2f', {'type': 'C2f'}, [None], [{}], None])
def test_what_is_no_list_of_blocks_is_refused(arch):
    with pytest.raises(ValueError, match='should'):
        Genotype.from_list(arch)


def test_a_missing_argument_is_named():
    with pytest.raises(ValueError, match=r'arch\[0\]: C2f needs `out_channels`'):
        Genotype.from_list([dict(type='C2f', in_channels=3)])


def test_extended_by_blocks_of_its_own_channels():
    genotype = Genotype.from_list(ARCH)
    longer = genotype.extended([dict(type='SPPF'), dict(type='ConvBNAct', out_channels=8)])
    assert longer.blocks[:-2] == genotype.blocks
    assert longer.blocks[-2:] == (SPPF(64, 64), ConvBNAct(64, 8))
    assert longer.out_channels == (16, 32, 8)
    assert genotype.extended([]) == genotype


def test_a_wrong_extension_is_named_with_its_place():
    specs = [dict(type='SPPF'), dict(type='SPP')]
    with pytest.raises(ValueError, match=r"append\[1\]: block 'SPP' is unknown; .* 'SPPF'"):
        Genotype.from_list(ARCH).extended(specs)
