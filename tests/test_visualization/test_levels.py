from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.measures import layers, macs, params
from pisnas_mm.receptive import stage_radii
from pisnas_mm.visualization.levels import in_words, levels
from tests import reference


def test_levels_add_up_to_the_whole():
    for line in (reference.RESIDUAL[0], reference.C2F[0]):
        genotype, size = reference.genotype(line), line['image_size']
        found = levels(genotype, size)
        assert [level.name for level in found] == ['C1', 'C2', 'C3', 'C4', 'C5']
        assert [level.stride for level in found] == [2, 4, 8, 16, 32]
        assert [level.side for level in found] == [size // 2**i for i in range(1, 6)]
        assert tuple(level.channels for level in found) == genotype.out_channels
        assert sum(level.macs for level in found) == macs(genotype, size)
        assert sum(level.params for level in found) == params(genotype)
        assert sum(level.layers for level in found) == layers(genotype)
        assert found[0].radius is None
        assert tuple(level.radius for level in found[1:]) == stage_radii(genotype, size)


def test_a_level_by_hand():
    stem, c2f = ConvBNAct(3, 8, stride=2), ConvBNAct(8, 16, stride=2)
    first, second = levels(Genotype((stem, c2f, C2f(16, 16, num_blocks=2))), 32)
    assert first[:7] == ('C1', 2, 16, 8, 1, 16 * 16 * 3 * 8 * 9, 3 * 8 * 9 + 2 * 8)
    assert second[:5] == ('C2', 4, 8, 16, 1 + 2 + 2 * 2)
    assert second.blocks == ('ConvBNAct 3x3, 8-16', '2 x C2f 3x3, 16-16')


def test_blocks_in_words():
    block = BottleneckStage(8, 32, 16, num_blocks=3, kernel_size=5)
    assert in_words(block) == '3 x BottleneckStage 5x5, 8-16-32'
