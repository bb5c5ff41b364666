"""A search over its candidates, drawn; the data are those of ``history.py``."""

from collections.abc import Mapping, Sequence

from pisnas_mm.visualization.history import Course, Rejection, ScorePoint
from pisnas_mm.visualization.vega import (
    BEST,
    BOUND,
    SERIES,
    Spec,
    chart,
    quantity,
    rounded,
    rows,
    tip,
    tip_of,
)

_CANDIDATES = quantity(
    'candidates', 'candidates', axis={'format': '~s', 'tickCount': 5, 'grid': False}
)
_STEP = 'step-after'  # a value holds until the next one is found


def score_chart(points: Sequence[ScorePoint]) -> Spec:
    """The population's scores, from worst to best, over candidates."""
    y = quantity('best', 'score')
    band = {
        'mark': {'type': 'area', 'opacity': 0.25, 'color': BEST, 'interpolate': _STEP},
        'encoding': {'x': _CANDIDATES, 'y': y, 'y2': {'field': 'worst'}},
    }
    tips = [
        tip('candidates', 'candidates', ','),
        tip('best', 'best', '.2f'),
        tip('worst', 'worst kept', '.2f'),
    ]
    return chart(rows(points), [band, _line(y), _hover(y, tips)])


def course_chart(of: Course) -> Spec:
    """A measure of the best architecture over candidates, and its bounds."""
    measure = of.measure
    values = [{'candidates': n, 'best': rounded(measure.in_units(v))} for n, v in of.points]
    y = quantity('best', measure.title)
    layers = [_line(y), _hover(y, [tip('candidates', 'candidates', ','), tip_of(measure, 'best')])]
    layers += [_bound(y, measure.in_units(bound)) for bound in of.bounds]
    return chart(values, layers)


def rejection_chart(points: Sequence[Rejection], causes: Sequence[str]) -> Spec:
    """What became of the candidates, over the search: shares, stacked."""
    share = quantity('share', 'share of candidates (%)', stack=True, scale={'domain': [0, 100]})
    area = {
        'mark': {'type': 'area', 'interpolate': 'step-before'},
        'encoding': {
            'x': _CANDIDATES,
            'y': share,
            'color': _by_cause(causes),
            'order': {'field': 'order', 'type': 'quantitative'},
            'tooltip': [
                tip('cause', 'outcome'),
                tip('share', 'share (%)', '.1f'),
                tip('candidates', 'up to candidate', ','),
            ],
        },
    }
    return chart([row | {'order': causes.index(row['cause'])} for row in rows(points)], [area])


def count_chart(counts: Mapping[str, int]) -> Spec:
    """How many candidates each constraint rejected, and how many were scored."""
    total = sum(counts.values())
    values = [
        {'cause': cause, 'count': count, 'text': f'{count:,}  ({100 * count / total:.1f} %)'}
        for cause, count in counts.items()
    ]
    y = {'field': 'cause', 'type': 'nominal', 'sort': None, 'title': None}
    x = quantity('count', 'candidates', axis={'format': '~s', 'tickCount': 4})
    x['scale'] = {'domain': [0, 1.75 * max(counts.values())]}  # room for the longest bar's label
    bars = {
        'mark': {'type': 'bar', 'height': {'band': 0.7}},
        'encoding': {
            'x': x,
            'y': y,
            'color': {**_by_cause(list(counts)), 'legend': None},
            'tooltip': [tip('cause', 'outcome'), tip('count', 'candidates', ',')],
        },
    }
    labels = {
        'mark': {'type': 'text', 'align': 'left', 'dx': 5, 'fontSize': 11},
        'encoding': {'x': x, 'y': y, 'text': {'field': 'text'}},
    }
    return chart(values, [bars, labels], height=26 * len(values))


def _line(y: Spec) -> Spec:
    mark = {'type': 'line', 'color': BEST, 'strokeWidth': 2, 'interpolate': _STEP}
    return {'mark': mark, 'encoding': {'x': _CANDIDATES, 'y': y}}


def _hover(y: Spec, tips: Sequence[Spec]) -> Spec:
    """Invisible points, so that a curve says its values without being met to the pixel."""
    mark = {'type': 'point', 'opacity': 0, 'size': 150, 'filled': True}
    return {'mark': mark, 'encoding': {'x': _CANDIDATES, 'y': y, 'tooltip': list(tips)}}


def _bound(y: Spec, value: float) -> Spec:
    return {
        'data': {'values': [{'best': value}]},
        'mark': {'type': 'rule', 'color': BOUND, 'strokeDash': [6, 3], 'strokeWidth': 1.5},
        'encoding': {'y': y, 'tooltip': [tip('best', 'bound', '.4~g')]},
    }


def _by_cause(causes: Sequence[str]) -> Spec:
    """A colour each; grey for what was not rejected."""
    scale = {
        'domain': list(causes),
        'range': [
            'var(--grey)' if cause == 'scored' else SERIES[i % len(SERIES)]
            for i, cause in enumerate(causes)
        ],
    }
    legend = {'title': None, 'columns': 3}
    return {'field': 'cause', 'type': 'nominal', 'scale': scale, 'legend': legend}
