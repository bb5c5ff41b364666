"""What every constraint is: a measure, and a bound on one side or on both."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from math import inf, isfinite
from typing import Any, ClassVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, lines_of, shown
from pisnas_mm.measures import MEASURES, Measure
from pisnas_mm.registry import CONSTRAINTS, build, nearest


class Constraint(ABC):
    """Bounds on a measure. Subclasses register in ``CONSTRAINTS`` and say what they measure.

    Args:
        min: What the measure should reach.
        max: What it should not exceed; at least one of the two.

    Raises:
        ValueError: There is no bound, one is no number > 0, or nothing lies between them.
    """

    of: Measure | None = None  # what is bounded, where it stands in the table
    grows: ClassVar[bool] = True  # with every width and depth, so that a space's extremes bound it

    def __init__(self, *, min: float | None = None, max: float | None = None) -> None:
        if min is None and max is None:
            raise ValueError(f'{type(self).__name__} needs `min`, `max` or both')
        self.min = -inf if min is None else _checked(min, 'min')
        self.max = inf if max is None else _checked(max, 'max')
        if self.min > self.max:
            raise ValueError(f'min should be at most max, but got {self.min} and {self.max}')

    @property
    def contents(self) -> Mapping[str, str]:
        """What says what is in files that arguments name, by argument."""
        return {}

    @abstractmethod
    def measure(self, genotype: Genotype) -> float:
        """The value that is bounded."""

    @property
    def bounds(self) -> dict[str, float]:
        """Those that there are, by their symbol."""
        both = {'>=': self.min, '<=': self.max}
        return {symbol: bound for symbol, bound in both.items() if isfinite(bound)}

    def allows(self, value: float) -> bool:
        """Whether a value satisfies the bounds."""
        return self.min <= value <= self.max

    def excess(self, value: float) -> float:
        """How far a value is beyond a bound, relative to it; 0 where it is allowed."""
        bound = self.min if value < self.min else self.max
        return 0.0 if self.allows(value) else abs(value - bound) / bound

    def excess_of(self, genotype: Genotype) -> float:
        """How far an architecture is beyond the bound."""
        return self.excess(self.measure(genotype))

    def complaint(self, value: float) -> str:
        """The violation in words, for error messages."""
        symbol, bound = ('>=', self.min) if value < self.min else ('<=', self.max)
        return f'{type(self).__name__} should be {symbol} {bound:,.12g}, but is {value:,.12g}'


def build_constraints(cfg: Any, image_size: int) -> dict[str, Constraint]:
    """The entry ``constraints`` of a search config, built.

    Args:
        cfg: A config for each constraint, by the name that rejections are counted under.
        image_size: Side of the square input in pixels, for those that depend on it.

    Measures that are read off a file are in the table of measures from here on, and those of a
    config before are not.

    Raises:
        Problems: Something in it is refused; names all of it.
    """
    if not isinstance(cfg, Mapping):
        raise ValueError(f'constraints should be a dict of dicts, but got {shown(cfg)}')
    built, problems = {}, []
    for name, constraint in cfg.items():
        try:
            if not isinstance(name, str):
                raise ValueError(f'the name of a constraint should be text, but got {shown(name)}')
            place = f'constraints.{name}'
            built[name] = build(CONSTRAINTS, constraint, place, image_size=image_size)
        except ValueError as error:
            untyped = isinstance(constraint, Mapping) and 'type' not in constraint
            near = nearest(name, cfg.keys() - {name}) if untyped else ''
            meant = f'; did you mean `constraints.{near}`?' if near else ''
            problems += [line + meant for line in lines_of(error)]
    if problems:
        raise Problems(problems)
    _use_measures(built.values())
    return built


def _use_measures(constraints: Iterable[Constraint]) -> None:
    """Put measures that are read off a file into the table, and take others of that kind out."""
    for key in [key for key, measure in MEASURES.items() if measure.only_at]:
        del MEASURES[key]
    for constraint in constraints:
        if constraint.of and constraint.of.only_at:
            MEASURES.setdefault(constraint.of.key, constraint.of)


def _checked(bound: float, name: str) -> float:
    is_number = isinstance(bound, int | float) and not isinstance(bound, bool)
    if not is_number or not bound > 0 or (isinstance(bound, int) and bound >= 2**63):
        raise ValueError(f'{name} should be a number > 0, but got {shown(bound)}')
    return bound
