"""The report of a search as one HTML file that asks nothing of a network."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from string import Template

from pisnas_mm.visualization import sections
from pisnas_mm.visualization.palette import DARK, LIGHT, Theme
from pisnas_mm.visualization.sections import Chart, Section
from pisnas_mm.visualization.vega import library
from pisnas_mm.visualization.work_dir import Search


def page(search: Search) -> str:
    """The whole page. Needs ``vl_convert``, which takes some seconds to collect JavaScript."""
    template = Template(files(__package__).joinpath('page.html').read_text(encoding='utf-8'))
    body = [sections.head(search), *map(_section, sections.all_sections(search))]
    return template.substitute(
        title=escape(f'{search.name}: a search by pisnas_mm'),
        light=_css(LIGHT),
        dark=_css(DARK),
        body='\n'.join(body),
        library=library(),
    )


def _section(section: Section) -> str:
    parts = [f'<section id="{section.id}"><h2>{escape(section.title)}</h2>']
    if section.text:
        parts.append(f'<p>{section.text}</p>')
    for part in section.parts:
        parts.append(part if isinstance(part, str) else _charts(section.id, part))
    return '\n'.join([*parts, '</section>'])


def _charts(id: str, charts: Mapping[str, Chart]) -> str:
    """Charts side by side, as far as the width goes."""
    kind = 'maps' if id == 'maps' else 'two'
    several = f'<div class="{kind}">' if len(charts) > 1 else '<div>'
    return several + ''.join(_chart(f'{id}-{name}', of) for name, of in charts.items()) + '</div>'


def _chart(id: str, chart: Chart) -> str:
    data = json.dumps(chart.spec, separators=(',', ':')).replace('</', '<\\/')
    return (
        f'<div><h3>{escape(chart.title)}</h3><div class="chart" id="{id}"></div>'
        f'<script type="application/json" data-of="{id}">{data}</script></div>'
    )


def _css(theme: Theme) -> str:
    return _joined(f'--{name}: {colour};' for name, colour in theme.items())


def _joined(parts: Iterable[str]) -> str:
    return ' '.join(parts)
