"""A front, drawn: data of ``front.py``."""

from collections.abc import Sequence

from pisnas_mm.measures import MEASURES
from pisnas_mm.visualization.front import Point
from pisnas_mm.visualization.vega import BEST, BOUND, Spec, chart, quantity, rounded, tip, tip_of


def front_chart(points: Sequence[Point], cost: str) -> Spec:
    """The score over a cost: the front as a line, the family by name, and what was there before."""
    values = [_row(point) for point in points]
    scale = {'type': 'log', 'nice': False, 'padding': 40}
    x = quantity(cost, MEASURES[cost].title, scale=scale, axis={'tickCount': 8, 'format': '~g'})
    y = quantity('score', 'score', scale={'zero': False, 'nice': False, 'padding': 40})
    tips = [
        tip('name', 'name'),
        tip('score', 'score', '.2f'),
        *(tip_of(MEASURES[key], key) for key in points[0].measures),
    ]
    xy = {'x': x, 'y': y, 'tooltip': tips}
    layers: list[Spec] = [
        _layer('front', {'type': 'line', 'color': BEST, 'strokeWidth': 2}, xy),
        _layer('front', {'type': 'point', 'filled': True, 'size': 50, 'color': BEST}, xy),
    ]
    for role, colour, shape in (('before', 'var(--grey)', 'diamond'), ('family', BOUND, 'circle')):
        mark = {'type': 'point', 'filled': True, 'size': 130, 'color': colour, 'shape': shape}
        label = {'type': 'text', 'dy': 16 if role == 'before' else -14, 'fontWeight': 600}
        layers += [
            _layer(role, {**mark, 'opacity': 1, 'stroke': 'var(--paper)'}, xy),
            _layer(role, {**label, 'color': 'var(--ink)'}, {**xy, 'text': {'field': 'name'}}),
        ]
    return chart(values, layers, height=380)


def _layer(role: str, mark: Spec, encoding: Spec) -> Spec:
    """A layer of the points with that role."""
    only = [{'filter': f"datum.role === '{role}'"}]
    return {'transform': only, 'mark': mark, 'encoding': encoding}


def _row(point: Point) -> Spec:
    """A point as a record, its measures in their units."""
    in_units = {key: MEASURES[key].in_units(value) for key, value in point.measures.items()}
    record = {'role': point.role, 'name': point.name or 'front', 'score': point.score, **in_units}
    return {key: rounded(value) for key, value in record.items()}
