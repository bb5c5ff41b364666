"""What depth and width do together: the entropies of MAE-DET and DeepMAD, and effectiveness.

Sources: MAE-DET (Sun et al., ICML 2022) and DeepMAD (Shen et al., CVPR 2023); the conventions are
those of the PIS-NAS authors' released code.
"""

from itertools import accumulate
from math import exp, inf, log

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.widths import by_widths
from pisnas_mm.measures.complexity import block_layers, layers_of
from pisnas_mm.measures.entropy import Convention, check_convention
from pisnas_mm.utils.memories import Memory, at_second


def effectiveness(genotype: Genotype) -> float:
    """ρ = max over stages of D · W^(−1/D) (DeepMAD): large where a network is too deep to train.

    D are the layers up to the stage's end, W is the product of their fan-ins c_in · k².
    """
    depth, log_width, most = 0, 0.0, -inf  # the most is of the logarithm
    for stage in genotype.stages:
        depth += sum(map(block_layers.of, stage))
        log_width += sum(map(_log_width.of, stage))
        most = max(most, log(depth) - log_width / depth)
    return exp(most)


def stage_entropies(genotype: Genotype, convention: Convention = 'released') -> tuple[float, ...]:
    """A_s = ½ Σ ln(c_in · k²) over the convolutions up to the end of every stage, in nats.

    Args:
        genotype: The architecture.
        convention: ``'released'`` counts the two convolutions of a C2f's inner block once;
            ``'paper'`` counts all, except projection shortcuts.
    """
    check_convention(convention)
    known = _entropy[convention]
    return tuple(accumulate(sum([known[block] for block in s]) for s in genotype.stages))


def maedet_stages(genotype: Genotype) -> tuple[float, ...]:
    """MAE-DET's A_s + ln c_s of every stage, c_s being its output's channels."""
    channels = genotype.out_channels
    return tuple(a + log(c) for a, c in zip(stage_entropies(genotype), channels, strict=True))


def deepmad_stages(genotype: Genotype, image_size: int) -> tuple[float, ...]:
    """DeepMAD's A_s · (ln c_s + ln r_s²) of every stage, r_s being its output's side."""
    sides = [-(-image_size // stride) for stride in genotype.out_strides]
    stages = zip(stage_entropies(genotype), genotype.out_channels, sides, strict=True)
    return tuple(a * (log(c) + 2 * log(r)) for a, c, r in stages)


@Memory
def _log_width(block: Block) -> float:
    return sum([times * log(fan_in) for times, fan_in, _ in _fan_ins(block)])


@at_second
def _entropy(block: Block, convention: Convention) -> float:
    return 0.5 * sum(
        [
            times * log(fan_in)
            for times, fan_in, repeats in _fan_ins(block)
            if not (repeats and convention == 'released')
        ]
    )


@by_widths
def _fan_ins(block: Block) -> list[tuple[int, int, bool]]:
    """Of every layer how often it comes, its fan-in, and whether its twin is in the entropy."""
    return [
        (times, conv.fan_in, conv.released.repeats)
        for graph, times in block.cells()
        for conv in layers_of(graph)
    ]
