"""Where an architecture lies among the backbones of published detectors, which were trained.

``published.csv`` holds their layers, effectiveness and widths. They are computed from YOLOBench's
88 backbones, those in `configs/published` and ResNets, as architectures of this package: see
`tests/test_measures/test_published.py`, which computes them again.
"""

import csv
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures.complexity import layers
from pisnas_mm.measures.depth import effectiveness

TABLE = Path(__file__).with_name('published.csv')

_LEVELS = {'C2 width': 4, 'C3 width': 8, 'C4 width': 16, 'C5 width': 32}


class Standing(NamedTuple):
    """A number of an architecture among those of published backbones, which are in order."""

    name: str
    value: float
    published: tuple[float, ...]

    @property
    def outside(self) -> bool:
        """Whether no published backbone has as little, or none as much."""
        return not self.published[0] <= self.value <= self.published[-1]

    @property
    def below(self) -> int:
        """How many published backbones have less."""
        return bisect_left(self.published, self.value)

    def __str__(self) -> str:
        low, high = self.published[0], self.published[-1]
        return f'{self.name} {self.value:.4g}, published detectors have {low:.4g} to {high:.4g}'


def standings(genotype: Genotype) -> list[Standing]:
    """Where an architecture lies, number by number; widths of levels that it has."""
    known = _published()
    return [Standing(name, value, known[name]) for name, value in numbers(genotype).items()]


def warnings(genotype: Genotype) -> list[str]:
    """The numbers in which no published detector is like this one, a line for each."""
    return [str(standing) for standing in standings(genotype) if standing.outside]


def numbers(genotype: Genotype) -> dict[str, float]:
    """What is compared, by name: a row of the table."""
    widths = dict(zip(genotype.out_strides, genotype.out_channels, strict=True))
    return {
        'layers': layers(genotype),
        'rho': round(effectiveness(genotype), 4),
        'stem width': genotype.blocks[0].out_channels,
        **{name: widths[stride] for name, stride in _LEVELS.items() if stride in widths},
    }


@cache
def _published() -> Mapping[str, tuple[float, ...]]:
    """The columns of the table, each in order."""
    with TABLE.open(encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ('source', 'name')]
    return {name: tuple(sorted(float(row[name]) for row in rows)) for name in names}
