"""Closed form and Monte-Carlo by family of blocks: ``python -m tests.families [--sample FAMILY]``.

Architectures of every family are drawn at random from what its blocks say a space may change, and
sampled as tests/agreement.py does (tests/data/monte_carlo_families.jsonl).
"""

import argparse
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.fields import Choice, Number, mutable_fields
from pisnas_mm.blocks.graph import Conv
from pisnas_mm.measures import macs
from pisnas_mm.registry import BLOCKS
from pisnas_mm.utils.table import text_table
from tests import reference
from tests.agreement import (
    agreement,
    mean_draws,
    mean_maps,
    radii,
    sampled_line,
    tau_of_one_draw,
)

IMAGE_SIZE = 192
NUM_DRAWS = 24
MAX_MACS = 90e6
MAX_DEPTHWISE_MACS = 25e6  # depthwise convolutions take longer than their MACs say
WIDTHS = range(8, 97, 8)
DEPTHS = range(1, 7)
KERNEL_SIZES = (3, 5)
FACTORS = (2, 1.5, 1.25, 0.8, 0.6, 0.5)

Spec = dict[str, Any]


def _strided(family: str, act: str = 'relu') -> list[Spec]:
    """A stem, and a stage with the stride for every level."""
    arch: list[Spec] = [dict(type='ConvBNAct', in_channels=3, out_channels=16, stride=2, act=act)]
    for out_channels, num_blocks in ((24, 1), (32, 2), (48, 2), (64, 2)):
        stage = dict(type=family, out_channels=out_channels, num_blocks=num_blocks, act=act)
        arch.append(dict(stage, in_channels=arch[-1]['out_channels'], stride=2))
    return arch


def _after_convs(
    family: str,
    stem: str = 'ConvBNAct',
    strided: str = 'ConvBNAct',
    act: str = 'silu',
    **fields: Any,
) -> list[Spec]:
    """A stem, and a strided convolution and a block for every level, as in YOLO backbones."""
    arch: list[Spec] = [dict(type=stem, in_channels=3, out_channels=16, act=act)]
    if stem != 'Focus':
        arch[0]['stride'] = 2
    for width, num_blocks in ((24, 1), (32, 2), (48, 2), (64, 1)):
        channels = dict(in_channels=arch[-1]['out_channels'], out_channels=width)
        arch.append(dict(type=strided, **channels, act=act))
        if strided != 'MaxPoolTransition':
            arch[-1]['stride'] = 2
        block = dict(type=family, in_channels=width, out_channels=width, num_blocks=num_blocks)
        arch.append(dict(block, **fields))
    return arch


SEEDS: dict[str, list[Spec]] = {
    'BasicStage': _strided('BasicStage'),
    'PointwiseBasicStage': _strided('PointwiseBasicStage'),
    'C3': _after_convs('C3'),
    'ELAN': _after_convs('ELAN', mid_channels=16),
    'ELANW': _after_convs('ELANW', mid_channels=16),
    'RepVGGStage': _strided('RepVGGStage'),
    'InvertedResidualStage': _after_convs('InvertedResidualStage', expansion=4),
    'CSPNeXtStage': _after_convs('CSPNeXtStage', stem='Focus'),
    'ConvNeXtStage': _strided('ConvNeXtStage', 'gelu'),
    'DarknetStage': _strided('DarknetStage', 'silu'),
    'BottleneckCSP': _after_convs('BottleneckCSP'),
    'BepC3': _after_convs('BepC3', 'RepVGGBlock', 'RepVGGBlock', 'relu', mid_channels=16),
    'MaxPoolTransition': _after_convs('ELAN', strided='MaxPoolTransition', mid_channels=16),
    'ShuffleNetStage': _strided('ShuffleNetStage'),
    'ShuffleXceptionStage': _strided('ShuffleXceptionStage'),
}


def architectures(family: str, num: int = 30) -> Iterator[Genotype]:
    """Different architectures, each reached from the family's seed by random changes.

    Those whose sampling would take too long are left out.
    """
    rng, found, max_macs = Random(0), set(), _max_macs(family)
    while len(found) < num:
        arch = [dict(spec) for spec in Genotype.from_list(SEEDS[family]).to_list()]
        for _ in range(rng.randint(6, 60)):
            _change(arch, rng)
        genotype = Genotype.from_list(arch)
        if macs(genotype, IMAGE_SIZE) <= max_macs and genotype not in found:
            found.add(genotype)
            yield genotype


def _max_macs(family: str) -> float:
    """MACs of what can be sampled in time."""
    depthwise = any(
        isinstance(op, Conv) and op.groups > 1
        for block in Genotype.from_list(SEEDS[family]).blocks
        for op in block.graph().ops
    )
    return MAX_DEPTHWISE_MACS if depthwise else MAX_MACS


def _change(arch: list[Spec], rng: Random) -> None:
    """Draw a block and one of its mutable fields, and give it another value, in place."""
    i = rng.randrange(len(arch))
    kinds = mutable_fields(BLOCKS.module_dict[arch[i]['type']])
    name = rng.choice(list(kinds))
    old, kind = arch[i][name], kinds[name]
    if isinstance(kind, Choice):
        new = rng.choice(kind.values)
    elif kind is Number.KERNEL:
        new = rng.choice(KERNEL_SIZES)
    elif kind is Number.DEPTH:
        new = min(max(old + rng.choice((-2, -1, 1, 2)), DEPTHS[0]), DEPTHS[-1])
    else:
        new = 8 * round(old * rng.choice(FACTORS) / 8)
        new = min(max(new, WIDTHS[0]), WIDTHS[-1])
    arch[i][name] = new
    if name == 'out_channels' and i + 1 < len(arch):
        arch[i + 1]['in_channels'] = new


def print_samples(family: str) -> None:
    """Print a family's lines of tests/data/monte_carlo_families.jsonl; it takes minutes."""
    for i, genotype in enumerate(architectures(family)):
        line = sampled_line(f'{family}-{i:02d}', genotype, IMAGE_SIZE, NUM_DRAWS)
        print(json.dumps({'family': family, **line}), flush=True)


def print_agreement() -> None:
    """Print how well closed form and sampling agree, family by family."""
    rows = [['family', 'radii within a cell', 'PR score', 'tau, draws', 'tau of one draw']]
    for family in SEEDS:
        lines = reference.sampled_family(family)
        ours = radii(lines)
        maps, draws = agreement(ours, mean_maps(lines)), agreement(ours, mean_draws(lines))
        figures = f'{maps.within_a_cell:.1%}', f'{draws.bias:+.1%}', f'{draws.tau:.3f}'
        rows.append([family, *figures, f'{tau_of_one_draw(lines):.3f}'])
    print(text_table(rows))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--sample', choices=SEEDS, help="sample a family's radii instead")
    args = parser.parse_args()
    if args.sample:
        print_samples(args.sample)
    else:
        print_agreement()
