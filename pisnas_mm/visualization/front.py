"""The front of a search and its family, as points: read from ``front.json``."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pisnas_mm.measures import MEASURES

Front = Mapping[str, Any]
"""What ``front.json`` holds."""


class Point(NamedTuple):
    """An architecture by its score and what it costs."""

    role: str  # 'front', 'family', 'before': what the family's detectors come with
    name: str
    score: float
    measures: Mapping[str, float]  # by key, those that results tell of


def cost_of(front: Front) -> str:
    """The measure that the front is drawn over: its first cost."""
    return str(front['objectives'][1]).removeprefix('-')


def points(front: Front) -> list[Point]:
    """The front, ascending in its cost, then the family and what its detectors come with."""
    cost = cost_of(front)
    found = sorted(
        (_point('front', '', of) for of in front['points']), key=lambda p: p.measures[cost]
    )
    family = front.get('family', {})
    found += [_point('before', of['beside']['name'], of['beside']) for of in _beside(family)]
    return found + [_point('family', name, member) for name, member in family.items()]


def _beside(family: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [member for member in family.values() if 'beside' in member]


def _point(role: str, name: str, entry: Mapping[str, Any]) -> Point:
    measures = {key: entry[key] for key in MEASURES if key in entry}
    return Point(role, name, entry['score'], measures)
