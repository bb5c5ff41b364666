"""Every measure, described once: its name, how it is computed, written and judged.

Constraints, tie-breakers, strata, tables, charts and JSON read ``MEASURES``. A new measure is an
entry there; a plug-in adds its own with ``pisnas_mm.constraints.register_measure``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from inspect import signature
from typing import Any, Literal

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size
from pisnas_mm.measures.activations import activations
from pisnas_mm.measures.complexity import layers, macs, params
from pisnas_mm.measures.depth import effectiveness
from pisnas_mm.measures.entropy import bottleneck_entropy
from pisnas_mm.receptive.radii import stage_radii


@dataclass(frozen=True)
class Measure:
    """A number that can be read off an architecture.

    Args:
        name: In prose; ``key`` and ``type`` follow from it.
        function: Takes a genotype, and ``image_size`` where the number depends on it.
        label: In the heads of tables and at axes.
        unit: At axes; in cells too, where it is ``worth`` more than one.
        worth: What the unit is worth.
        digits: Behind the point.
        better: What is wanted of it: a constraint bounds it from the other side.
        grows: With every width and depth, so that a space's extremes bound it.
        over_blocks: How it follows from its blocks': it is their sum, or that of the least.
        in_results: Stands in ``best.json`` and in tables of results.
        only_at: The side of the image, in pixels, beside which nothing is known of it.
    """

    name: str
    function: Callable[..., float]
    label: str
    unit: str = ''
    worth: float = 1.0
    digits: int = 3
    better: Literal['less', 'more'] = 'less'
    grows: bool = True
    over_blocks: Literal['sum', 'least'] | None = None
    in_results: bool = True
    only_at: int | None = None

    @property
    def key(self) -> str:
        """In JSON and among tie-breakers: ``bottleneck_entropy``."""
        return re.sub(r'\W+', '_', self.name.lower()).strip('_')

    @property
    def type(self) -> str:
        """Of the constraint that bounds it, in configs: ``BottleneckEntropy``."""
        return ''.join(word[0].upper() + word[1:] for word in re.findall(r'\w+', self.name))

    @property
    def title(self) -> str:
        """Of an axis: ``H_btn (nats)``."""
        return f'{self.label} ({self.unit})' if self.unit else self.label

    @cached_property
    def sized(self) -> bool:
        """Whether it depends on the size of the image."""
        return 'image_size' in signature(self.function).parameters

    def at(self, image_size: int | None) -> Callable[[Genotype], float]:
        """The function of an architecture alone; only a sized one needs a side, in pixels."""
        if not self.sized:
            return self.function
        return partial(self.function, image_size=check_image_size(image_size))

    def __call__(self, genotype: Genotype, image_size: int) -> float:
        return self.at(image_size)(genotype)

    def in_units(self, value: float) -> float:
        """The value as a multiple of the unit."""
        return value / self.worth

    def written(self, value: float) -> str:
        """The value as a cell has it: ``1.668 G``."""
        number = f'{self.in_units(value):.{self.digits}f}'
        return number if self.worth == 1 else f'{number} {self.unit}'


def pr_score(radii: Sequence[float]) -> float:
    """The sum of all radii but that of stride 4, as the paper weights them, in pixels."""
    return sum(radii[1:])


def _expected_pr_score(genotype: Genotype, image_size: int) -> float:
    return pr_score(stage_radii(genotype, image_size))


_paper_entropy = partial(bottleneck_entropy, convention='paper')

_ALL = (
    Measure('params', params, 'params', 'M', 1e6, over_blocks='sum'),
    Measure('MACs', macs, 'MACs', 'G', 1e9, over_blocks='sum'),
    Measure('layers', layers, 'layers', digits=0, over_blocks='sum'),
    Measure(
        *('activations', activations, 'activations', 'M', 1e6),
        better='more',
        over_blocks='sum',
        in_results=False,
    ),
    Measure(
        *('bottleneck entropy', bottleneck_entropy, 'H_btn', 'nats'),
        better='more',
        over_blocks='least',
    ),
    Measure(
        *('bottleneck entropy (paper)', _paper_entropy, 'H_btn (paper)', 'nats'),
        better='more',
        over_blocks='least',
        in_results=False,
    ),
    Measure('effectiveness', effectiveness, 'rho', digits=4, grows=False, in_results=False),
    Measure(
        *('PR score', _expected_pr_score, 'PR score', 'px'),
        digits=2,
        better='more',
        grows=False,
        in_results=False,  # where it is a part of the objective, it stands there
    ),
)
MEASURES = {measure.key: measure for measure in _ALL}
"""By key, in the order of tables."""


def known_at(image_size: int) -> list[Measure]:
    """The measures that are known for an image of ``image_size``² pixels."""
    return [one for one in MEASURES.values() if one.only_at in (None, image_size)]


def results(image_size: int) -> list[Measure]:
    """The measures of which results tell."""
    return [measure for measure in known_at(image_size) if measure.in_results]


def summary(genotype: Genotype, image_size: int) -> dict[str, Any]:
    """What results tell of an architecture at ``image_size``² pixels, as JSON-able data."""
    return {
        'image_size': image_size,
        **{measure.key: measure(genotype, image_size) for measure in results(image_size)},
        'stage_radii': list(stage_radii(genotype, image_size)),
        'out_channels': list(genotype.out_channels),
        'out_strides': list(genotype.out_strides),
    }
