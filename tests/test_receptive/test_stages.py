from collections.abc import Sequence
from math import inf

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, BottleneckStage, ConvBNAct
from pisnas_mm.receptive import stages
from pisnas_mm.receptive.features import Feature
from pisnas_mm.receptive.stages import Stage, Stages, stages_of
from pisnas_mm.scores import PRScore

STEM = ConvBNAct(3, 8, 3, 2)
OTHER_STEM = ConvBNAct(3, 8, 3, 2, 'silu')


def pointwise(stem: ConvBNAct, *depths: int) -> Genotype:
    """Stages that begin with 1×1 convolutions."""
    return Genotype((stem, *(BottleneckStage(8, 8, 8, depth, stride=2) for depth in depths)))


def spatial(stem: ConvBNAct) -> Genotype:
    return Genotype((stem, *[ConvBNAct(8, 8, 3, 2)] * 4))


def test_what_comes_before_a_pointwise_convolution_does_not_matter() -> None:
    one, other = stages_of(pointwise(STEM, 1, 2), 64), stages_of(pointwise(OTHER_STEM, 3, 2), 64)
    assert one[0] is not other[0]
    assert one[1] is other[1]


@pytest.mark.parametrize(
    ('genotype', 'looked_at'),
    [(pointwise(STEM, 1, 2, 3, 4), [1, 3, 2]), (spatial(STEM), [0, 1, 2, 3])],
)
def test_only_stages_that_matter_are_looked_at(
    genotype: Genotype, looked_at: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[int] = []
    find = stages._stage

    def noted(blocks: Sequence[Block], x: Feature, side: int) -> Stage:
        places.append({64: 0, 16: 1, 8: 2, 4: 3}[side])
        return find(tuple(blocks), x, side)

    monkeypatch.setattr(stages, '_stage', noted)
    score = PRScore(64, weights=(0, 1, 1, 1))
    assert score.unless_below(genotype, -inf) == score(genotype)
    assert places[: len(looked_at)] == looked_at
    places.clear()
    Stages(genotype, 64)[1]
    assert places == looked_at[: 1 if looked_at[0] else 2]
