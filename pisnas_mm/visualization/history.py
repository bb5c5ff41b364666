"""A search over its candidates: scores, what is bounded, and what rejects."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pisnas_mm.constraints import BottleneckEntropy, Constraint, Layers, MACs, Params
from pisnas_mm.visualization.work_dir import Search

_BOUNDED_BY: dict[str, type[Constraint]] = {
    'bottleneck_entropy': BottleneckEntropy,
    'macs': MACs,
    'params': Params,
    'layers': Layers,
}
MOST = 600  # points of a curve: more than a screen can show

Line = Mapping[str, Any]


class ScorePoint(NamedTuple):
    """The best and the worst score of the population after so many candidates."""

    candidates: int
    best: float
    worst: float


class MeasurePoint(NamedTuple):
    """A measure of the best architecture after so many candidates."""

    candidates: int
    value: float


class Bounded(NamedTuple):
    """How a measure of the best architecture went, and the bound that it has, if any."""

    measure: str
    bound: float | None
    points: tuple[MeasurePoint, ...]


class Rejection(NamedTuple):
    """What became of the candidates since the point before: their share, in percent."""

    candidates: int
    cause: str
    share: float


def scores(history: Sequence[Line]) -> list[ScorePoint]:
    """One point a generation, or fewer of a long search."""
    return [
        ScorePoint(line['candidates'], line['best'][0], line['worst'][0])
        for line in _thinned(history, MOST)
    ]


def bounded(search: Search) -> list[Bounded]:
    """The tie-breakers of the best architecture: the measures that a search's history holds."""
    ties = search.settings['search'].get('tie_breakers', ('bottleneck_entropy', '-macs'))
    found = []
    for i, tie in enumerate(ties, 1):
        measure, sign = tie.removeprefix('-'), -1 if tie.startswith('-') else 1
        points = tuple(
            MeasurePoint(line['candidates'], sign * line['best'][i])
            for line in _thinned(search.history, MOST)
        )
        found.append(Bounded(measure, _bound(search, measure), points))
    return found


def rejections(history: Sequence[Line], windows: int = 60) -> list[Rejection]:
    """What rejected how much of the candidates in every window, and how many were scored."""
    start = {'candidates': 0, 'scored': 0, 'rejected': {}}
    lines = [start, *_thinned(history, windows)]
    causes = sorted({cause for line in lines for cause in line['rejected']})
    found = []
    for before, after in pairwise(lines):
        share = 100 / (after['candidates'] - before['candidates'])
        at = after['candidates']
        for cause in causes:
            count = after['rejected'].get(cause, 0) - before['rejected'].get(cause, 0)
            found.append(Rejection(at, cause, count * share))
        found.append(Rejection(at, 'scored', (after['scored'] - before['scored']) * share))
    return found


def _bound(search: Search, measure: str) -> float | None:
    """That of the constraint on a tie-breaker, whatever its name in the config is."""
    bounds = [c.bound for c in search.constraints.values() if isinstance(c, _BOUNDED_BY[measure])]
    return bounds[0] if bounds else None


def _thinned(lines: Sequence[Line], most: int) -> list[Line]:
    """Evenly chosen ones, the last among them."""
    step = max(1, -(-len(lines) // most))
    return list(lines[::-1][::step])[::-1]
