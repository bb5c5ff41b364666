from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import ConvBNAct
from pisnas_mm.measures import complexity, macs, params
from pisnas_mm.utils.memories import Memory, at_second, forget


def test_what_was_remembered_is_forgotten() -> None:
    genotype = Genotype((ConvBNAct(3, 8),))
    before = params(genotype), macs(genotype, 32)
    assert len(complexity._block_params) > 0
    assert len(complexity._block_macs[32]) > 0
    forget()
    assert len(complexity._block_params) == len(complexity._block_macs) == 0
    assert (params(genotype), macs(genotype, 32)) == before


def test_a_memory_asks_once_and_starts_anew_when_it_is_full() -> None:
    asked = []
    squares = Memory(lambda key: asked.append(key) or key**2, most=2)
    assert [squares[3], squares.of(3), *map(squares.of, (4, 3))] == [9, 9, 16, 9]
    assert asked == [3, 4]
    assert squares[5] == 25
    assert dict(squares) == {5: 25}
    assert squares[3] == 9
    assert asked == [3, 4, 5, 3]


def test_the_second_of_two_arguments_comes_first() -> None:
    asked = []
    differences = at_second(lambda a, b: asked.append((a, b)) or a - b)
    assert [differences[1][5], differences[1][5], differences[5][1]] == [4, 4, -4]
    assert asked == [(5, 1), (1, 5)]
