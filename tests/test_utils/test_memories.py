from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import ConvBNAct
from pisnas_mm.measures import complexity, params
from pisnas_mm.utils.memories import forget


def test_what_was_remembered_is_forgotten() -> None:
    genotype = Genotype((ConvBNAct(3, 8),))
    before = params(genotype)
    assert complexity._block_params.cache_info().currsize > 0
    forget()
    assert complexity._block_params.cache_info().currsize == 0
    assert params(genotype) == before
