"""YOLOBench's backbones: sizes that their authors publish, and what they all have in common."""

from collections import Counter

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.reproduction.yolobench import yolobench_genotype, yolobench_names
from pisnas_mm.scores import PRScore

# Params by block, as `ultralytics` lists YOLOv5s and YOLOv8n, and params and operations of
# Darknet-53 without its classifier, from the paper of YOLOv3 (18.7 billion at 256²) and timm.
YOLOV5S = [3520, 18560, 18816, 73984, 115712, 295424, 625152, 1180672, 1182720]
YOLOV8N = [464, 4672, 7360, 18560, 49664, 73984, 197632, 295424, 460288]
DARKNET_53 = 41_609_928 - 1000 * 1025

# (in, out, kernel) of the convolutions of YOLOv7's backbone: stem, then its blocks.
YOLOV7 = [(3, 32, 3), (32, 64, 3), (64, 64, 3), (64, 128, 3)]
for i, m, o in [(128, 64, 256), (256, 128, 512), (512, 256, 1024), (1024, 256, 1024)]:
    if i > 128:
        YOLOV7 += [(i, i // 2, 1)] * 2 + [(i // 2, i // 2, 3)]
    YOLOV7 += [(i, m, 1)] * 2 + [(m, m, 3)] * 4 + [(4 * m, o, 1)]


def by_block(name: str) -> list[int]:
    blocks = yolobench_genotype(name).blocks
    return [measures.params(Genotype((block,), block.in_channels)) for block in blocks]


def params(convs: list[tuple[int, int, int]]) -> int:
    """Of convolutions without bias, a batch norm after each."""
    return sum(i * o * k * k + 2 * o for i, o, k in convs)


def test_the_names_are_eight_families_of_depths_and_widths():
    names = yolobench_names()
    assert len(set(names)) == len(names) == 88
    families = Counter(name.removeprefix('yolo')[0] for name in names)
    assert families == {'3': 12, '4': 12, '5': 12, '6': 36, '7': 4, '8': 12}
    assert {'yolo5n', 'yolo3d67w5', 'yolo6m-d33w25', 'yolo6l-d6w1', 'yolo7m'} <= set(names)


@pytest.mark.parametrize('name', ['yolo5', 'yolo5d33w25', 'yolo7d1w1', 'yolo6sn', 'yolo9n', ''])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match='name should be one of YOLOBench'):
        yolobench_genotype(name)


@pytest.mark.parametrize('name', yolobench_names())
def test_every_backbone_has_four_levels_and_a_score(name):
    genotype = yolobench_genotype(name)
    assert genotype.in_channels == 3
    assert genotype.out_strides == (2, 4, 8, 16, 32)
    widths = {'1': 1024, '75': 768, '5': 512, '25': 256}
    assert genotype.out_channels[-1] <= max(widths.values())
    assert 19 <= measures.layers(genotype) <= 68
    radii = measures.stage_radii(genotype, 320)
    assert all(0 < radius < 227 for radius in radii)
    assert PRScore(320)(genotype) > 0


def test_yolov5_and_yolov8():
    assert by_block('yolo5s') == YOLOV5S
    assert by_block('yolo8n') == YOLOV8N
    assert yolobench_genotype('yolo8m').out_channels == (48, 96, 192, 384, 576)
    assert yolobench_genotype('yolo8l').out_channels == (64, 128, 256, 512, 512)
    layers = [measures.layers(yolobench_genotype(f'yolo5{size}')) for size in ('n', 'm', 'l')]
    assert layers == [31, 45, 59]


def test_yolov3_is_darknet_53():
    genotype = yolobench_genotype('yolo3l')
    assert measures.params(genotype) == DARKNET_53
    assert measures.layers(genotype) == 52  # and a fully connected one
    assert 2 * measures.macs(genotype, 256) == pytest.approx(18.7e9, rel=0.01)


def test_yolov4_has_the_csp_of_yolov5s_third_release():
    """With its 64 and 128 channels; the depths are 1 and, by the factor of 0.33, 3."""
    small, *_ = (i for i, name in enumerate(by_block('yolo4s')) if i > 2)
    sizes = by_block('yolo4s')
    assert sizes[3] == 19904
    assert sizes[5] == 161152
    assert sizes[7] == 641792
    assert small == 3


def test_yolov7():
    assert measures.params(yolobench_genotype('yolo7l')) == params(YOLOV7)
    assert measures.layers(yolobench_genotype('yolo7l')) == len(YOLOV7)


def test_yolov6s_is_made_of_repvgg_blocks():
    def repvgg(i: int, o: int, identity: bool) -> int:
        return i * o * (9 + 1) + 4 * o + 2 * o * identity

    expected = repvgg(3, 64, False)
    for i, o, n in [(64, 128, 6), (128, 256, 12), (256, 512, 18), (512, 1024, 6)]:
        expected += repvgg(i, o, False) + n * repvgg(o, o, True)
    genotype = yolobench_genotype('yolo6s-d1w1')
    assert measures.params(genotype) == expected
    assert measures.layers(genotype) == 1 + 4 + 6 + 12 + 18 + 6


@pytest.mark.parametrize(
    ('name', 'widths', 'pairs'),
    [('yolo6m-d1w75', [64, 128, 256, 512], [3, 6, 9, 3]), ('yolo6l-d33w1', None, [1, 2, 3, 1])],
)
def test_yolov6_m_and_l_have_half_as_many_bottlenecks(name, widths, pairs):
    blocks = yolobench_genotype(name).blocks[2::2]
    assert [block.num_blocks for block in blocks] == pairs
    halves = [block.out_channels // 2 for block in blocks]
    assert [block.mid_channels for block in blocks] == (widths or halves)
