"""A search small enough to enumerate."""

from itertools import combinations_with_replacement, product
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import C2f, ConvBNAct

WIDTHS = (8, 16, 24)
DEPTHS = (1, 2, 3)
KERNELS = (3, 5)


def architecture(widths: tuple[int, ...], depths: tuple[int, ...], kernels: tuple[int, ...]):
    stem, *rest = widths
    blocks = [ConvBNAct(3, stem, 3, 2, 'silu')]
    for conv, c2f, depth, kernel in zip(rest[::2], rest[1::2], depths, kernels, strict=True):
        blocks.append(ConvBNAct(blocks[-1].out_channels, conv, 3, 2, 'silu'))
        blocks.append(C2f(conv, c2f, depth, kernel))
    return Genotype(tuple(blocks))


def everything() -> list[Genotype]:
    """Every architecture of the space."""
    return [
        architecture(widths, depths, kernels)
        for widths in combinations_with_replacement(WIDTHS, 5)
        for depths in product(DEPTHS, repeat=2)
        for kernels in product(KERNELS, repeat=2)
    ]


def config(**search: Any) -> dict[str, Any]:
    """Its search config; ``search`` overrides settings of the search."""
    return dict(
        space=dict(
            type='C2fSpace',
            seed=architecture((8, 8, 8, 8, 8), (1, 1), (3, 3)).to_list(),
            max_channels=24,
            max_depth=3,
            kernel_sizes=KERNELS,
        ),
        image_size=64,
        constraints=dict(
            params=dict(type='Params', max=30_000),
            bottleneck_entropy=dict(type='BottleneckEntropy', min=4.6),
        ),
        score=dict(
            type='PISScore', pr_score=dict(type='PRScore', weights=(1, 1)), gamma=(1, 2), omega=4
        ),
        search=dict(num_candidates=4000, population_size=32, generation_size=20) | search,
        detector=dict(base=['base.py']),
    )
