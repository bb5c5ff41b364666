"""What all charts share: Vega-Lite's configuration, axes, tooltips, and the library itself.

Vega-Lite, because its bundle from PyPI (``vl-convert-python``) has 0.9 MB where plotly's has
4.5 MB, and because it draws SVG: colours follow the page's by CSS, and text prints as text.
"""

import json
from collections.abc import Sequence
from typing import Any

from pisnas_mm.measures import Measure
from pisnas_mm.visualization.palette import LIGHT, SEQUENTIAL, resolved

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

SCHEMA = '6.4'
SCHEMA_URL = f'https://vega.github.io/schema/vega-lite/v{SCHEMA[0]}.json'
SERIES = tuple(f'var(--c{i})' for i in range(6))
BEST, BOUND = SERIES[0], SERIES[1]
CONFIG: Spec = {
    'background': 'transparent',
    'font': 'system-ui, sans-serif',
    'view': {'stroke': 'transparent'},
    'axis': {
        'labelColor': 'var(--soft)',
        'titleColor': 'var(--ink)',
        'titleFontWeight': 'normal',
        'domainColor': 'var(--grey)',
        'tickColor': 'var(--grey)',
        'gridColor': 'var(--line)',
        'labelFontSize': 11,
        'titleFontSize': 12,
        'titlePadding': 6,
    },
    'legend': {
        'labelColor': 'var(--ink)',
        'titleColor': 'var(--ink)',
        'titleFontWeight': 'normal',
        'labelFontSize': 11,
        'titleFontSize': 12,
        'orient': 'bottom',
        'layout': {'bottom': {'direction': 'vertical', 'anchor': 'start'}},
    },
    'title': {'color': 'var(--ink)', 'fontSize': 13, 'anchor': 'start', 'fontWeight': 600},
    'text': {'color': 'var(--ink)'},
    'range': {'ramp': {'scheme': SEQUENTIAL}, 'heatmap': {'scheme': SEQUENTIAL}},
}


def chart(rows: Sequence[Any], layers: Sequence[Spec], height: Any = 220) -> Spec:
    """Layers over shared rows, as broad as the place they are put into."""
    return {
        '$schema': SCHEMA_URL,
        'config': CONFIG,
        'width': 'container',
        'height': height,
        'data': {'values': list(rows)},
        'layer': list(layers),
    }


def quantity(field: str | None, title: str | None, **more: Any) -> Spec:
    """A numeric channel whose axis need not begin at zero."""
    named = {'field': field} if field else {}
    return {**named, 'type': 'quantitative', 'title': title, 'scale': {'zero': False}, **more}


def tip(field: str, title: str, form: str | None = None) -> Spec:
    """A line of a tooltip: a number where it has a format, else a word."""
    line: Spec = {'field': field, 'title': title}
    return line | {'type': 'quantitative', 'format': form} if form else line | {'type': 'nominal'}


def tip_of(measure: Measure, field: str) -> Spec:
    """A line of a tooltip: a measure, in its unit."""
    return tip(field, measure.title, f'.{measure.digits}f')


def rows(points: Sequence[Any]) -> list[Spec]:
    """Named tuples as records."""
    return [{key: rounded(value) for key, value in p._asdict().items()} for p in points]


def rounded(value: Any) -> Any:
    """To six digits: a page is smaller by half, and no eye sees more."""
    return float(f'{value:.6g}') if isinstance(value, float) else value


def library() -> str:
    """The JavaScript that draws: Vega, Vega-Lite and Vega-Embed. Takes some seconds."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle('window.vegaEmbed = vegaEmbed;', SCHEMA)
    assert '</script' not in bundle, 'it would end the script that it is put into'
    return bundle


def png(spec: Spec, scale: float = 1.5) -> bytes:
    """The picture of a chart, in light colours."""
    import vl_convert

    whole = json.loads(resolved(json.dumps(spec), LIGHT))
    whole['config'] = whole['config'] | {'background': LIGHT['paper']}
    picture: bytes = vl_convert.vegalite_to_png(whole, vl_version=SCHEMA, scale=scale)
    return picture
