"""The backbones of MMDetection's model zoo as architectures, by name; and how well they detect.

ResNets (He et al., CVPR 2016), ResNeXts (Xie et al., CVPR 2017) and RegNetXs (Radosavovic et al.,
CVPR 2020; depths and widths from its Figures 15 and 16), with their strides in the 3×3, as in
MMDetection's PyTorch style. What the detectors reach is typed in: docs/results/zoo.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block, ConvBNAct, ResNeXtStage
from pisnas_mm.blocks.block import CellStage
from pisnas_mm.blocks.graph import Graph, Value
from pisnas_mm.checks import shown
from pisnas_mm.ranking.published import ANY, Key, Published

FILE = 'detectors.csv'
RESOLUTION = 800  # the shorter side of the images, in pixels: scores are of squares
POOLED = 'all three'  # the data set of all detectors

_BASIC = {'r18': (2, 2, 2, 2)}
_BOTTLENECKS = {  # depths, groups and their width
    'r50': ((3, 4, 6, 3), 1, 64),
    'r101': ((3, 4, 23, 3), 1, 64),
    'x101-32x4d': ((3, 4, 23, 3), 32, 4),
    'x101-64x4d': ((3, 4, 23, 3), 64, 4),
}
_REGNETX = {  # depths, widths, and the width of a group
    'regnetx-400MF': ((1, 2, 7, 12), (32, 64, 160, 384), 16),
    'regnetx-800MF': ((1, 3, 7, 5), (64, 128, 288, 672), 16),
    'regnetx-1.6GF': ((2, 4, 10, 2), (72, 168, 408, 912), 24),
    'regnetx-3.2GF': ((2, 6, 15, 2), (96, 192, 432, 1008), 48),
    'regnetx-4GF': ((2, 5, 14, 2), (80, 240, 560, 1360), 40),
    'regnetx-6.4GF': ((2, 4, 10, 1), (168, 392, 784, 1624), 56),
    'regnetx-8GF': ((2, 5, 15, 1), (80, 240, 720, 1920), 120),
    'regnetx-12GF': ((2, 5, 11, 1), (224, 448, 896, 2240), 112),
}


def zoo_names() -> list[str]:
    """All backbones, family by family."""
    return [*_BASIC, *_BOTTLENECKS, *_REGNETX]


def zoo_family(name: str) -> str:
    """The family of a backbone."""
    return 'RegNetX' if name in _REGNETX else 'ResNeXt' if name.startswith('x') else 'ResNet'


def zoo_genotype(name: str) -> Genotype:
    """The backbone of this name.

    Raises:
        ValueError: The name is none of the zoo's.
    """
    if name not in zoo_names():
        raise ValueError(f'backbone should be one of {zoo_names()}, but got {shown(name)}')
    if name in _REGNETX:
        return _regnetx(*_REGNETX[name])
    if name in _BASIC:
        return _resnet(
            partial(_BasicStage, out_channels=64 << i, num_blocks=depth)
            for i, depth in enumerate(_BASIC[name])
        )
    depths, groups, width = _BOTTLENECKS[name]
    return _resnet(
        partial(
            ResNeXtStage,
            out_channels=256 << i,
            mid_channels=groups * width << i,
            num_blocks=depth,
            groups=groups,
        )
        for i, depth in enumerate(depths)
    )


def _regnetx(depths: Sequence[int], widths: Sequence[int], group: int) -> Genotype:
    blocks: list[Block] = [ConvBNAct(3, 32, stride=2)]
    for depth, width in zip(depths, widths, strict=True):
        before, groups = blocks[-1].out_channels, width // min(group, width)
        blocks.append(ResNeXtStage(before, width, width, depth, stride=2, groups=groups))
    return Genotype(tuple(blocks))


def _resnet(stages: Iterable[Callable[..., Block]]) -> Genotype:
    """A ResNet of stages that lack the input's channels and the stride."""
    blocks: list[Block] = [ConvBNAct(3, 64, kernel_size=7, stride=2), _MaxPool(64, 64)]
    for i, stage in enumerate(stages):
        blocks.append(stage(blocks[-1].out_channels, stride=2 if i else 1))
    return Genotype(tuple(blocks))


def read_zoo(folder: Path) -> Published:
    """Read the table of detectors: a data set for each, in which schedules are apart.

    Raises:
        ValueError: A row is not what it should be; the message names the place.
    """
    accuracies: dict[str, dict[Key, float]] = {POOLED: {}}
    with (folder / FILE).open(newline='', encoding='utf-8') as opened:
        reader = csv.DictReader(opened)
        for row in reader:
            try:
                detector, schedule, model = row['detector'], row['schedule'], row['backbone']
                zoo_genotype(model)
                accuracy = float(row['box AP']) / 100
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(
                    f'{folder / FILE}:{reader.line_num} is no detector: {error}'
                ) from error
            for data, training in ((detector, schedule), (POOLED, f'{detector} {schedule}')):
                key = Key(model, RESOLUTION, training)
                accuracies.setdefault(data, {})[key] = accuracy
    return Published(accuracies, {ANY: {key: 1.0 for of in accuracies.values() for key in of}})


@dataclass(frozen=True)
class _MaxPool(Block):
    """The pool of a ResNet's stem: 2×2, as the closed form knows no overlapping windows.

    Theirs is 3×3, also of stride 2. Params, MACs, layers, entropies and activations are equal.
    """

    in_channels: int
    out_channels: int

    stride = 2

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        g.max_pool_2x2(g.input)
        return g


@dataclass(frozen=True)
class _BasicStage(CellStage):
    """ResNet-18's residual blocks, the stride in their first convolution (`BasicStage`: second)."""

    in_channels: int
    out_channels: int
    num_blocks: int = 1
    stride: int = 1
    act: str = 'relu'

    def cell(self, g: Graph, x: Value, i: int, stride: int) -> Value:
        channels, shortcut = self.out_channels, x
        if stride > 1 or g.ops[x].channels != channels:
            shortcut = g.conv(f'{i}.shortcut', x, channels, 1, stride, linear=True)
        y = g.conv(f'{i}.conv1', x, channels, 3, stride)
        return g.activation(g.add(shortcut, g.conv(f'{i}.conv2', y, channels, 3, linear=True)))
