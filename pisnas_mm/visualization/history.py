"""A search over its candidates: scores, what is bounded, and what rejects."""

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

from pisnas_mm.measures import MEASURES, Measure
from pisnas_mm.search.settings import SearchSettings
from pisnas_mm.visualization.work_dir import Search

MOST = 600  # points of a curve: more than a screen can show

Line = Mapping[str, Any]


class ScorePoint(NamedTuple):
    """The best and the worst score of the population after so many candidates."""

    candidates: int
    best: float
    worst: float


class Course(NamedTuple):
    """How a measure of the best architecture went, and the bounds that it has, if any."""

    measure: Measure
    bounds: tuple[float, ...]
    points: tuple[tuple[int, float], ...]  # candidates, and the value after them


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


def courses(search: Search) -> list[Course]:
    """The tie-breakers of the best architecture: the measures that a search's history holds."""
    ties = search.settings['search'].get('tie_breakers', SearchSettings.tie_breakers)
    lines = _thinned(search.history, MOST)
    found = []
    for i, tie in enumerate(ties, -len(ties)):  # a rank ends with them
        measure, sign = MEASURES[tie.removeprefix('-')], -1 if tie.startswith('-') else 1
        points = tuple((line['candidates'], sign * line['best'][i]) for line in lines)
        # Whatever the constraint's name in the config is.
        of_it = (c.bounds.values() for c in search.constraints.values() if c.of is measure)
        found.append(Course(measure, tuple(chain.from_iterable(of_it)), points))
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


def _thinned(lines: Sequence[Line], most: int) -> list[Line]:
    """Evenly chosen ones, the last among them."""
    step = max(1, -(-len(lines) // most))
    return list(lines[::-1][::step])[::-1]
