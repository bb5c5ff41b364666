"""The budgets of a search: a constraint for every measure, named after it.

``dict(type='MACs', max=...)`` bounds from above, ``dict(type='BottleneckEntropy', min=...)`` from
below, and ``dict(type='Params', min=..., max=...)`` from both sides.
"""

from collections.abc import Callable
from functools import cached_property

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size
from pisnas_mm.constraints.constraint import Constraint
from pisnas_mm.measures.entropy import Convention, check_convention
from pisnas_mm.measures.table import MEASURES, Measure
from pisnas_mm.registry import CONSTRAINTS


class OnMeasure(Constraint):
    """Bounds on a measure of the table."""

    of: Measure
    image_size: int | None = None  # in pixels, where the measure depends on it

    @cached_property
    def measure(self) -> Callable[[Genotype], float]:
        """The measure's own function, without a call around it: every candidate is measured."""
        return self.of.at(self.image_size)


class OnSizedMeasure(OnMeasure):
    """Bounds on a measure at ``image_size``²."""

    def __init__(
        self, *, image_size: int, min: float | None = None, max: float | None = None
    ) -> None:
        super().__init__(min=min, max=max)
        self.image_size = check_image_size(image_size)


def register_measure(measure: Measure, force: bool = False) -> type[OnMeasure]:
    """Put a measure into the table, and a constraint on it into the registry.

    Raises:
        KeyError: There is a constraint of that type, and it should not be replaced by ``force``.
    """
    cls = _class_of(measure)
    CONSTRAINTS.register_module(name=measure.type, module=cls, force=force)
    MEASURES[measure.key] = measure
    return cls


def bounded(measure: Measure, image_size: int, **bounds: float) -> OnMeasure:
    """A constraint on any measure, also on one that no config could name."""
    sized = {'image_size': image_size} if measure.sized else {}
    return _class_of(measure)(**sized, **bounds)


def _class_of(measure: Measure) -> type[OnMeasure]:
    base = OnSizedMeasure if measure.sized else OnMeasure
    return type(measure.type, (base,), {'of': measure, 'grows': measure.grows})


_ON = {key: register_measure(measure) for key, measure in tuple(MEASURES.items())}
Params, MACs = _ON['params'], _ON['macs']


@CONSTRAINTS.register_module(force=True)
class BottleneckEntropy(OnSizedMeasure):
    """H_btn in nats. The poster prints "H_i <= budget", but the search needs a lower bound."""

    of = MEASURES['bottleneck_entropy']

    def __init__(
        self,
        *,
        image_size: int,
        min: float | None = None,
        max: float | None = None,
        convention: Convention = 'released',
    ) -> None:
        super().__init__(image_size=image_size, min=min, max=max)
        check_convention(convention)
        if convention == 'paper':
            self.of = MEASURES['bottleneck_entropy_paper']
