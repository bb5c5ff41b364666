"""The pyramid of an architecture as an SVG drawing: no chart, so no charting library.

A level is a slab: as broad as the logarithm of its side, a stripe for each layer, and beside it
its width and a bar of its MACs. Architectures side by side share one scale.
"""

from collections.abc import Sequence
from html import escape
from math import log2
from typing import NamedTuple

from pisnas_mm.measures import MEASURES
from pisnas_mm.visualization.levels import Level

WIDTH = 420  # of a drawing, in its own units: readable without zooming on a phone
LEAST = 46  # height of a level: three lines of text
FOOT = 20
_PYRAMID = 190  # breadth of the broadest slab
_TEXT = 204  # where the words begin
_BARS = 320  # where the bars begin
_GAP = 5


class Scale(NamedTuple):
    """What several drawings share."""

    per_layer: float  # height of a layer
    most_macs: int


def scale_of(architectures: Sequence[Sequence[Level]], height: float = 420) -> Scale:
    """The deepest architecture gets about ``height``; the dearest level the longest bar."""
    deepest = max(sum(level.layers for level in levels) for levels in architectures)
    return Scale(height / deepest, max(level.macs for one in architectures for level in one))


def pyramid_svg(levels: Sequence[Level], scale: Scale, title: str) -> str:
    """An architecture, its deepest level on top; colours are CSS variables."""
    y, parts = 4.0, []
    for level in reversed(levels):
        height = max(LEAST, level.layers * scale.per_layer)
        parts.append(_level(level, y, height, levels, scale))
        y += height + _GAP
    parts.append(_foot(y, levels))
    return (
        f'<svg class="pyramid" viewBox="0 0 {WIDTH} {y + FOOT:.0f}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _level(level: Level, y: float, height: float, levels: Sequence[Level], scale: Scale) -> str:
    breadth = _PYRAMID * log2(2 * level.side) / log2(2 * levels[0].side)
    left = (_PYRAMID - breadth) / 2
    middle = y + height / 2
    stripes = ''.join(
        f'M{left:.1f} {y + height * i / level.layers:.2f}h{breadth:.1f}'
        for i in range(1, level.layers)
    )
    bar = (WIDTH - _BARS - 4) * level.macs / scale.most_macs
    radius = f', sees {level.radius:.0f} px' if level.radius is not None else ''
    in_millions = f'{level.macs / 1e6:,.{0 if level.macs >= 1e9 else 1}f}'  # more has no room
    hint = '\n'.join([f'{level.name}{radius}', *level.blocks])
    return (
        f'<g><title>{escape(hint)}</title>'
        f'<rect class="slab" x="{left:.1f}" y="{y:.1f}" width="{breadth:.1f}" '
        f'height="{height:.1f}" rx="2"/><path class="stripes" d="{stripes}"/>'
        + _words(_PYRAMID / 2, middle - 3, level.name, 'name')
        + _words(_PYRAMID / 2, middle + 13, f'{level.side} x {level.side}', 'side')
        + _words(_TEXT, middle - 10, f'{level.channels} channels', 'strong')
        + _words(_TEXT, middle + 4, f'{level.layers} layers', 'soft')
        + _words(_TEXT, middle + 18, f'stride {level.stride}', 'soft')
        + f'<rect class="bar" x="{_BARS}" y="{middle + 1:.1f}" width="{max(bar, 1):.1f}" '
        'height="9" rx="1"/>' + _words(_BARS, middle - 5, f'{in_millions} M MACs', 'soft') + '</g>'
    )


def _foot(y: float, levels: Sequence[Level]) -> str:
    layers, macs = sum(one.layers for one in levels), sum(one.macs for one in levels)
    params = MEASURES['params'].written(sum(one.params for one in levels))
    text = f'{layers} layers, {params} params, {MEASURES["macs"].written(macs)} MACs'
    image = _words(_PYRAMID / 2, y + 14, 'image', 'soft middle')
    return image + _words(WIDTH, y + 14, text, 'strong end')


def _words(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
