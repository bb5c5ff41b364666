"""Finalists that differ: farthest-point selection among architectures that are about equally good.

The last of a search are mostly twins, and whatever judges them again would judge one architecture
ten times. So finalists are chosen greedily: the best, then again and again the one whose nearest
chosen one is farthest (Gonzalez, Theoretical Computer Science 38, 1985: within a factor of two of
the widest spread there is).
"""

from collections.abc import Sequence
from math import dist, inf, log2

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import layers, macs
from pisnas_mm.search.evaluation import Evaluation

TOLERANCE = 0.01
"""Of a verification that asks for a spread without saying how wide."""


def finalists(
    population: Sequence[Evaluation], count: int, tolerance: float, image_size: int
) -> list[Genotype]:
    """Choose as many that differ, the objective's order among them kept.

    Args:
        population: Best first.
        count: How many are chosen, where there are so many.
        tolerance: By which share of the best's score the others may be below it; 0 takes the first
            ``count``, as do scores that differ by more.
        image_size: Side of the square input, in pixels.
    """
    best = population[0].score
    near = [kept for kept in population if best - kept.score <= tolerance * abs(best)]
    if tolerance == 0 or len(near) <= count:
        return [kept.genotype for kept in population[:count]]
    profiles = [profile(kept.genotype, image_size) for kept in near]
    return [near[i].genotype for i in farthest(profiles, count)]


def farthest(points: Sequence[Sequence[float]], count: int) -> list[int]:
    """Indices of as many points: the first, and greedily those farthest from all chosen before.

    Of points that are equally far the first is taken.
    """
    chosen: list[int] = []
    gaps = [inf] * len(points)  # to the nearest chosen point
    for _ in range(min(count, len(points))):
        new = max(range(len(points)), key=gaps.__getitem__)
        chosen.append(new)
        gaps = [min(gap, dist(points[new], point)) for gap, point in zip(gaps, points, strict=True)]
        gaps[new] = -inf
    return sorted(chosen)


def profile(genotype: Genotype, image_size: int) -> tuple[float, ...]:
    """Layers, output channels and MACs of every stage, as powers of two: a doubling of any is 1."""
    found: list[float] = []
    side = image_size
    for blocks in genotype.stages:
        stage = Genotype(blocks, blocks[0].in_channels)
        numbers = layers(stage), blocks[-1].out_channels, macs(stage, side)
        found += [log2(max(number, 1)) for number in numbers]
        side = stage.sides(side)[-1]
    return tuple(found)
