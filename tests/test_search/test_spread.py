from itertools import combinations
from math import dist

import pytest

from pisnas_mm import measures
from pisnas_mm.search import Evaluation
from pisnas_mm.search.spread import farthest, finalists, profile
from tests.test_search import small


def population(*scores: float) -> list[Evaluation]:
    """Twins but for the last, which is deeper and wider."""
    last = len(scores) - 1
    genotypes = [
        small.architecture((8, 8, 8, 8, 24), (3, 3), (3, 3))
        if i == last
        else small.architecture((8, 8, 8, 8, 8), (1, 1), ((3, 3), (3, 5), (5, 3), (5, 5))[i])
        for i in range(len(scores))
    ]
    return [Evaluation(of, (score,)) for of, score in zip(genotypes, scores, strict=True)]


def test_farthest_by_hand() -> None:
    """On a line: 0, then 10; 4 and 6 are equally far from them, and 4 comes first."""
    line = [(0.0,), (1.0,), (4.0,), (6.0,), (10.0,)]
    assert [farthest(line, count) for count in (1, 2, 3, 4)] == [
        *([0], [0, 4], [0, 2, 4], [0, 2, 3, 4])
    ]
    assert farthest(line, 9) == [0, 1, 2, 3, 4]
    assert farthest([(0.0,)] * 3, 2) == [0, 1]


def test_at_least_half_of_the_widest_spread_there_is() -> None:
    """Gonzalez's bound, against all choices that contain the first."""
    genotypes = small.everything()[::12]
    points = [profile(genotype, 64) for genotype in genotypes]

    def width(chosen: list[int]) -> float:
        return min(dist(points[i], points[j]) for i, j in combinations(chosen, 2))

    widest = max(width([0, *others]) for others in combinations(range(1, len(points)), 2))
    assert width(farthest(points, 3)) >= widest / 2 > 0


def test_a_profile_is_of_every_stage_and_adds_up() -> None:
    genotype = small.architecture((8, 8, 16, 24, 24), (1, 3), (3, 5))
    found = [2**value for value in profile(genotype, 64)]
    assert len(found) == 3 * len(genotype.stages)
    assert sum(found[0::3]) == pytest.approx(measures.layers(genotype))
    assert found[1::3] == pytest.approx([8, 16, 24])
    assert sum(found[2::3]) == pytest.approx(measures.macs(genotype, 64))


def test_who_differs_is_chosen_where_it_is_about_as_good() -> None:
    kept = population(100, 99.9, 99.8, 99.5)
    best, second, third, other = (one.genotype for one in kept)
    assert finalists(kept, 2, 0.01, 64) == [best, other]
    assert finalists(kept, 3, 0.01, 64) == [best, second, other]
    assert finalists(kept, 2, 0.004, 64) == [best, second]  # 0.5 is too much
    assert finalists(kept, 2, 0, 64) == [best, second]
    assert finalists(kept, 9, 0.01, 64) == [best, second, third, other]


def test_negative_scores_have_the_same_tolerance() -> None:
    kept = population(-100, -100.1, -100.2, -100.5)
    assert finalists(kept, 2, 0.01, 64) == [kept[0].genotype, kept[3].genotype]
