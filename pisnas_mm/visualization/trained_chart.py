"""Learning curves of finalists and baselines, drawn; the data are those of ``trained.py``."""

from collections.abc import Mapping, Sequence
from typing import Any

from pisnas_mm.visualization.trained import BASELINE, LEFT, OUT, Point
from pisnas_mm.visualization.vega import BEST, BOUND, Spec, chart, quantity, rows, tip


def curve_chart(points: Sequence[Point], trained: Mapping[str, Any]) -> Spec:
    """A line a contestant and seed, faint where it has left, and a rule at the end of a rung."""
    x = quantity('steps', 'steps', axis={'format': '~s', 'tickCount': 5, 'grid': False})
    y = quantity('value', f'{trained["metric"]} (%)')
    colour = {
        'field': 'role',
        'type': 'nominal',
        'scale': {'domain': [LEFT, OUT, BASELINE], 'range': [BEST, BEST, BOUND]},
        'legend': {'title': None, 'columns': 3},
    }
    faint = {'condition': {'test': f"datum.role === '{OUT}'", 'value': 0.25}, 'value': 1}
    tips = [
        tip('name', 'contestant'),
        tip('seed', 'seed'),
        tip('steps', 'steps', ','),
        tip('value', f'{trained["metric"]} (%)', '.1f'),
    ]
    encoding = {'x': x, 'y': y, 'color': colour, 'opacity': faint}
    curves = {
        'mark': {'type': 'line', 'strokeWidth': 1.8},
        'encoding': {**encoding, 'detail': {'field': 'line', 'type': 'nominal'}},
    }
    dots = {
        'mark': {'type': 'point', 'filled': True, 'size': 35},
        'encoding': {**encoding, 'tooltip': tips},
    }
    ends = {
        'data': {'values': [{'steps': of['steps']} for of in trained['rungs'][:-1]]},
        'mark': {'type': 'rule', 'color': 'var(--grey)', 'strokeDash': [3, 4]},
        'encoding': {'x': x, 'tooltip': [tip('steps', 'end of a rung, steps', ',')]},
    }
    return chart(rows(points), [ends, curves, dots], height=280)
