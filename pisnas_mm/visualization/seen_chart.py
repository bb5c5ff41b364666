"""A receptive-field map on a page; the data are those of ``seen.py``."""

from math import cos, pi, sin

from pisnas_mm.visualization.palette import COLOURS, SEQUENTIAL
from pisnas_mm.visualization.seen import Seen, contour
from pisnas_mm.visualization.vega import Spec, chart, quantity, rounded, tip

_CIRCLE = 90  # corners of what is drawn as one
_ENDS = ('x', 'y', 'x2', 'y2')


def seen_chart(of: Seen) -> Spec:
    """Shares of the map's maximum on the image, and the contour of what counts as seen."""
    on_image = {'domain': [0, of.image_size], 'nice': False}
    axis = {'values': [0, of.image_size // 2, of.image_size], 'grid': False}
    x = quantity('x', 'x (px)', scale=on_image, axis=axis)
    # Rows run downwards, as in the image.
    y = quantity('y', 'y (px)', scale=on_image | {'reverse': True}, axis=axis)
    place = {'x': x, 'y': y, 'x2': {'field': 'x2'}, 'y2': {'field': 'y2'}}
    edges = {
        'data': {'values': [dict(zip(_ENDS, map(rounded, e), strict=True)) for e in contour(of)]},
        'mark': {'type': 'rule', 'color': '#ffffff', 'strokeWidth': 0.8, 'strokeCap': 'square'},
        'encoding': place,
    }
    return chart([], [_cells(of, place), edges, _radius(of, x, y)], height='container')


def _radius(of: Seen, x: Spec, y: Spec) -> Spec:
    """A dashed circle through the farthest pixel that counts as seen."""
    turns = [2 * pi * i / _CIRCLE for i in range(_CIRCLE + 1)]
    places = [(of.centre + of.radius * cos(a), of.centre + of.radius * sin(a)) for a in turns]
    values = [{'x': rounded(a), 'y': rounded(b), 'i': i} for i, (a, b) in enumerate(places)]
    mark = {'type': 'line', 'color': COLOURS[4], 'strokeDash': [4, 3], 'strokeWidth': 1.5}
    return {
        'data': {'values': values},
        'mark': mark | {'clip': True},
        'encoding': {'x': x, 'y': y, 'order': {'field': 'i', 'type': 'quantitative'}},
    }


def _cells(of: Seen, place: Spec) -> Spec:
    """Places follow from the order, which keeps the page small."""
    side, cell = len(of.shares), of.cell
    shares = quantity('data', 'share', scale={'scheme': SEQUENTIAL, 'domain': [0, 1]}, legend=None)
    tips = [
        tip('data', 'share of maximum', '.3f'),
        tip('x', 'from x (px)', '.0f'),
        tip('y', 'from y (px)', '.0f'),
    ]
    return {
        'data': {'values': [round(float(share), 3) for share in of.shares.ravel()]},
        'transform': [
            {'window': [{'op': 'row_number', 'as': 'n'}]},
            {'calculate': f'{cell} * ((datum.n - 1) % {side})', 'as': 'x'},
            {'calculate': f'{cell} * floor((datum.n - 1) / {side})', 'as': 'y'},
            {'calculate': f'datum.x + {cell}', 'as': 'x2'},
            {'calculate': f'datum.y + {cell}', 'as': 'y2'},
        ],
        'mark': {'type': 'rect', 'stroke': None},
        'encoding': {**place, 'color': shares, 'tooltip': tips},
    }
