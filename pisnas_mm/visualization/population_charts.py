"""The architectures of a population, drawn; data of ``population.py`` and ``agreement.py``."""

from collections.abc import Sequence
from typing import Any

from pisnas_mm.measures import MEASURES
from pisnas_mm.visualization.agreement import Verified
from pisnas_mm.visualization.palette import SEQUENTIAL
from pisnas_mm.visualization.population import Member
from pisnas_mm.visualization.vega import (
    BEST,
    BOUND,
    Spec,
    chart,
    quantity,
    rounded,
    rows,
    tip,
    tip_of,
)

_ROLES = ['population', 'Pareto front', 'searched']
_ROOMY: Spec = {'zero': False, 'nice': False, 'padding': 14}  # the outermost marks are whole
_SHAPE: Spec = {
    'field': 'role',
    'type': 'nominal',
    'title': None,
    'scale': {'domain': _ROLES, 'range': ['circle', 'diamond', 'cross']},
    'legend': {'symbolFillColor': 'var(--grey)', 'symbolStrokeColor': 'var(--ink)'},
}
# A wheel alone scrolls the page, and so does a finger.
_ZOOM: Spec = {
    'name': 'zoom',
    'bind': 'scales',
    'select': {
        'type': 'interval',
        'zoom': 'wheel![event.shiftKey]',
        'translate': '[mousedown, window:mouseup] > window:mousemove!',
    },
}


def population_chart(members: Sequence[Member]) -> Spec:
    """PR score over MACs, with the bottleneck entropy as colour and the front as diamonds."""
    # What should lie on top comes last.
    ordered = sorted(members, key=lambda member: (_ROLES.index(member.role), -member.rank))
    values = [_row(member) for member in ordered]
    # Its ends would not stand out from a dark and from a white page.
    colour = {'scheme': {'name': SEQUENTIAL, 'extent': [0.15, 0.95]}, 'zero': False}
    legend = {'gradientLength': 160}
    points = {
        'mark': {'type': 'point', 'filled': True, 'strokeWidth': 1.4},
        'params': [_ZOOM],
        'encoding': {
            'x': _quantity('macs', scale=_ROOMY, axis={'tickCount': 6}),
            'y': _quantity('pr_score', scale=_ROOMY, axis={'tickCount': 6}),
            'color': _quantity('bottleneck_entropy', scale=colour, legend=legend),
            'shape': _SHAPE,
            'size': _by_role([40, 100, 260]),
            'opacity': _by_role([0.5, 1, 1]),
            'stroke': _by_role(['transparent', 'var(--ink)', BOUND]),
            'tooltip': [
                tip('role', 'what'),
                tip('rank', 'rank'),
                tip('score', 'score', '.2f'),
                *(tip_of(MEASURES[key], key) for key in ('pr_score', *members[0].measures)),
            ],
        },
    }
    return chart(values, [points], height=380)


def _row(member: Member) -> Spec:
    """A member as a record, its measures in their units."""
    in_units = {key: MEASURES[key].in_units(value) for key, value in member.measures.items()}
    record = {**member._asdict(), **in_units}
    return {key: rounded(value) for key, value in record.items() if key != 'measures'}


def _quantity(key: str, **more: Any) -> Spec:
    return quantity(key, MEASURES[key].title, **more)


def agreement_chart(points: Sequence[Verified]) -> Spec:
    """Sampled PR scores, with a standard error to either side, over the closed form's."""
    values = [
        row
        | {'low': row['sampled'] - row['standard_error']}
        | {'high': row['sampled'] + row['standard_error']}
        for row in rows(points)
    ]
    ends = [end for p in points for end in (p.closed_form, p.sampled)]
    pad = 0.1 * (max(ends) - min(ends)) + 1
    domain = [min(ends) - pad, max(ends) + pad]
    scale = {'domain': domain, 'nice': False}
    x = quantity('closed_form', 'closed form (px)', scale=scale)
    y = quantity(None, 'Monte-Carlo (px)', scale=scale)
    diagonal = {
        'data': {'values': [{'closed_form': end} for end in domain]},
        'mark': {'type': 'line', 'color': 'var(--grey)', 'strokeDash': [4, 4]},
        'encoding': {'x': x, 'y': {**y, 'field': 'closed_form'}},
    }
    bars = {
        'mark': {'type': 'rule', 'color': BEST},
        'encoding': {'x': x, 'y': {**y, 'field': 'low'}, 'y2': {'field': 'high'}},
    }
    tips = [
        tip('rank', 'rank'),
        tip('closed_form', 'closed form (px)', '.2f'),
        tip('sampled', 'Monte-Carlo (px)', '.2f'),
        tip('standard_error', 'standard error (px)', '.2f'),
        tip('num_draws', 'draws'),
    ]
    dots = {
        'mark': {'type': 'point', 'filled': True, 'size': 70, 'color': BEST},
        'encoding': {'x': x, 'y': {**y, 'field': 'sampled'}, 'tooltip': tips},
    }
    return chart(values, [diagonal, bars, dots], height=300)


def _by_role(values: Sequence[Any]) -> Spec:
    first, *others = values
    tests = [f"datum.role === '{role}'" for role in _ROLES[1:]]
    conditions = [{'test': t, 'value': v} for t, v in zip(tests, others, strict=True)]
    return {'condition': conditions, 'value': first}
