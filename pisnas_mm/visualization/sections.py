"""What a report says, section by section: words, tables, drawings and charts of one search."""

import platform
import shlex
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint
from pisnas_mm.measures import MEASURES
from pisnas_mm.measures.published import standings
from pisnas_mm.search.runs import Run
from pisnas_mm.search.second_opinion import written
from pisnas_mm.visualization import (
    front,
    front_charts,
    history,
    history_charts,
    population,
    population_charts,
)
from pisnas_mm.visualization.agreement import verified
from pisnas_mm.visualization.diagram import pyramid_svg, scale_of
from pisnas_mm.visualization.levels import levels
from pisnas_mm.visualization.seen import Seen, deepest, expected
from pisnas_mm.visualization.seen_chart import seen_chart
from pisnas_mm.visualization.trained import lines, points, read_trained
from pisnas_mm.visualization.trained_chart import curve_chart
from pisnas_mm.visualization.vega import Spec
from pisnas_mm.visualization.work_dir import Search


class Chart(NamedTuple):
    """A Vega-Lite specification and the title above it."""

    title: str
    spec: Spec


class Section(NamedTuple):
    """A part of the page: text (HTML), then HTML or charts by name, side by side."""

    id: str
    title: str
    text: str
    parts: tuple[str | Mapping[str, Chart], ...]


def head(search: Search) -> str:
    """The name, the state of the search, and its result in large figures."""
    won, seed = _measured(search, search.winner), _measured(search, search.seed)
    state = '' if search.finished else ' <b>It has not ended yet.</b>'
    tiles = [
        _tile('PR score', f'{won["pr_score"]:.1f} px', f'seed {seed["pr_score"]:.1f} px'),
        _tile('score', f'{won["score"]:.2f}', _score_beside(search, seed['score'])),
        *[
            _tile(*_of_constraint(name, constraint, search.winner))
            for name, constraint in search.constraints.items()
        ],
    ]
    return (
        f'<h1>{escape(search.name)}</h1><p class="soft">A backbone searched without training: '
        f'{search.candidates:,} candidates at {search.image_size} x {search.image_size} px, '
        f'{search.scored:,} of them scored.{state}</p>'
        f'<div class="tiles">{"".join(tiles)}</div>'
    )


def _score_beside(search: Search, of_seed: float) -> str:
    """The seed's score, and what no architecture exceeds."""
    limit = f', at most {search.ceiling:.2f} possible' if search.ceiling is not None else ''
    return f'seed {of_seed:.2f}{limit}'


def all_sections(search: Search) -> list[Section]:
    """Every section, in the order of the page."""
    return [
        *([_front(search.front)] if search.front else []),
        _architecture(search),
        _maps(search),
        _course(search),
        _population(search),
        _rejections(search),
        _verification(search),
        *_trained(search),
        _reproduction(search),
    ]


def _front(found: Mapping[str, Any]) -> Section:
    cost, points = front.cost_of(found), front.points(found)
    name = MEASURES[cost].label
    text = (
        f'The best score within each of {len(found["points"])} budgets, which no other point '
        f'outdoes in score and cost, over {name}. Hover over a point for its measures.'
    )
    if 'family' in found:
        text += (
            ' By name: the family, whose other budgets may be tighter, and the backbones that its '
            'detectors come with.'
        )
    chart = Chart(f'Score over {name}', front_charts.front_chart(points, cost))
    return Section('front', 'The front', text, ({'curve': chart},))


def _architecture(search: Search) -> Section:
    pyramids = {
        'Seed': levels(search.seed, search.image_size),
        'Searched': levels(search.winner, search.image_size),
    }
    scale = scale_of(list(pyramids.values()))
    drawings = ''.join(
        f'<div><h3>{title}</h3>{pyramid_svg(of, scale, title)}</div>'
        for title, of in pyramids.items()
    )
    text = (
        'Each slab is a stage, each stripe a layer, at one scale for both; bars are multiply-adds. '
        'Hover over a slab for its blocks.'
    )
    parts = (f'<div class="two">{drawings}</div>', _comparison(search), _among_published(search))
    return Section('architecture', 'The architecture', text, parts)


def _maps(search: Search) -> Section:
    of_both = [
        [(title, of) for of in deepest(expected(genotype, search.image_size, search.threshold))]
        for title, genotype in (('Seed', search.seed), ('Searched', search.winner))
    ]
    # Level by level: on a phone, seed and winner stand side by side.
    charts = {
        f'{title}-{of.level}'.lower(): Chart(_seen(title, of), seen_chart(of))
        for pair in zip(*of_both, strict=True)
        for title, of in pair
    }
    percent = f'{100 * search.threshold:g} %'
    text = (
        'The closed form of the gradient at the centre of a level, with respect to the output of '
        'the level before it, as a share of the map&#8217;s maximum. The white contour is the '
        f'threshold, {percent}; the dashed circle goes through the farthest pixel that reaches it.'
    )
    scale = '<div class="scale">0 <i></i> 1 &nbsp;share of the maximum</div>'
    return Section('maps', 'What the pyramid sees', text, (charts, scale))


def _course(search: Search) -> Section:
    charts = {
        'score': Chart(
            'Score: the best, and all that are kept',
            history_charts.score_chart(history.scores(search.history)),
        )
    }
    for of in history.courses(search):
        bound = ', and its bound' if of.bounds else ''
        title = f'{of.measure.label} of the best{bound}'
        charts[of.measure.key] = Chart(title, history_charts.course_chart(of))
    text = 'Best score, then tie-breakers, over the candidates that were proposed.'
    return Section('course', 'The search', text, (charts,))


def _population(search: Search) -> Section:
    members = population.members(search)
    front = sum(member.role != 'population' for member in members)
    text = (
        f'The {len(members)} architectures that are kept; {front} are on the Pareto front of PR '
        'score, MACs and bottleneck entropy, or were exported. Drag to move, shift and wheel to '
        'zoom, double click to go back.'
    )
    chart = Chart('PR score over MACs', population_charts.population_chart(members))
    return Section('population', 'The population', text, ({'scatter': chart},))


def _rejections(search: Search) -> Section:
    counts = dict(sorted(search.rejected.items(), key=lambda item: -item[1]))
    counts['scored'] = search.scored
    charts = {
        'counts': Chart('Candidates by outcome', history_charts.count_chart(counts)),
        'shares': Chart(
            'The same over the search',
            history_charts.rejection_chart(history.rejections(search.history), list(counts)),
        ),
    }
    text = (
        'Constraints are checked in the config&#8217;s order, and the first that is violated '
        'rejects. &#8220;Low score&#8221; is certain to be below the worst that is kept.'
    )
    return Section('rejections', 'What was rejected', text, (charts,))


def _verification(search: Search) -> Section:
    if sampled := verified(search.entries):
        text = (
            f'The {len(sampled)} finalists, sampled in {sampled[0].num_draws} random networks '
            'each; bars are standard errors of the mean, the dashed line is where both agree.'
        )
        chart = Chart('PR score', population_charts.agreement_chart(sampled))
        return Section('verification', 'Closed form and Monte-Carlo', text, ({'points': chart},))
    title = 'A second opinion'
    if finalists := [entry for entry in search.entries if 'verification' in entry]:
        text = (
            f'{len(finalists)} finalists, ranked again by the weighted mean of their ranks under '
            'each score (rank in brackets). The first is what was exported.'
        )
        return Section('verification', title, text, (_opinions(finalists),))
    command = _shell(
        *('python', 'tools/search.py', search.files.config, '--work-dir', search.files.folder),
        *('--resume', '--cfg-options', 'verify=True'),
    )
    text = 'The best have not been verified. To ask the scores that predict detectors best:'
    return Section('verification', title, text, (f'<pre>{command}</pre>',))


def _opinions(finalists: Sequence[Mapping[str, Any]]) -> str:
    """Finalists in their new order, with what every score says of them, as a table."""
    names = [score['type'] for score in finalists[0]['verification']['scores']]
    heads = ['', 'by the objective', 'score', 'mean rank', *names]
    top = ''.join(f'<th>{escape(head)}</th>' for head in heads)
    rows = []
    for entry in finalists:
        found = entry['verification']
        cells = [found['rank'], found['objective_rank'], f'{entry["score"]:.5g}']
        cells += [f'{found["mean_rank"]:.2f}']
        cells += [f'{written(score)} ({score["rank"]:g})' for score in found['scores']]
        rows.append(''.join(f'<td>{cell}</td>' for cell in cells))
    body = ''.join(f'<tr>{row}</tr>' for row in rows)
    return f'<div class="scroll"><table><tr>{top}</tr>{body}</table></div>'


def _trained(search: Search) -> Iterator[Section]:
    """Brief trainings, where there are some."""
    trained = read_trained(search.files.verdict)
    if trained is None:
        return
    verdict = trained['verdict']
    state = verdict['sentence'] if verdict else 'It has not ended yet.'
    text = (
        f'<b>{escape(state)}</b> Trained from scratch on the user&#8217;s data by successive '
        'halving: dashed lines end a rung, the worse half left there and is faint. Intervals are '
        'Student&#8217;s t at 95 % over seeds; a finalist is named only where the interval of its '
        'difference from the best baseline is above zero.'
    )
    heads = ('', 'is a', 'by the objective', 'params', 'MACs', 'by seed', 'mean', 'remark')
    top = ''.join(f'<th>{head}</th>' for head in heads)
    body = ''.join(
        f'<tr>{"".join(f"<td>{escape(cell)}</td>" for cell in line)}</tr>'
        for line in lines(trained)
    )
    table = f'<div class="scroll"><table><tr>{top}</tr>{body}</table></div>'
    chart = Chart('Learning curves', curve_chart(points(trained), trained))
    yield Section('trained', 'Trained finalists', text, ({'curves': chart}, table))


def _reproduction(search: Search) -> Section:
    detector = search.files.detector
    trained = f'work_dirs/{detector.stem}/CHECKPOINT.pth'
    commands = '\n'.join(
        [
            '# train and evaluate a detector with the searched backbone',
            _shell('python', 'tools/train.py', detector),
            _shell('python', 'tools/test.py', detector, trained),
            '# search again, to the same result',
            _shell('python', 'tools/search.py', search.files.config, '--work-dir', 'again'),
            '# write this page again',
            _shell('python', 'tools/analysis_tools/report.py', search.files.folder),
        ]
    )
    facts = [
        ('random seed', str(search.settings['search'].get('seed', 0))),
        ('candidates', f'{search.candidates:,}'),
        ('time', _time(search.runs)),
        ('last progress', search.runs[-1].end if search.runs else 'not known'),
        *((name, _version(name)) for name in ('pisnas_mm', 'mmengine', 'numpy')),
        ('Python', platform.python_version()),
    ]
    rows = ''.join(f'<tr><td>{name}</td><td>{escape(value)}</td></tr>' for name, value in facts)
    config = f'<details><summary>The config, as it ran</summary><pre>{escape(search.config)}</pre>'
    parts = (
        f'<pre>{commands}</pre>',
        f'<div class="scroll"><table>{rows}</table></div>',
        f'{config}</details>',
    )
    text = 'Versions are those that this page was written with.'
    return Section('reproduction', 'Use it, and do it again', text, parts)


def _comparison(search: Search) -> str:
    """Seed and winner, level by level, as a table."""
    of_seed = levels(search.seed, search.image_size)
    of_winner = levels(search.winner, search.image_size)
    groups = ('channels', 'layers', 'M MACs', 'radius (px)')
    top = ''.join(f'<th colspan="2">{group}</th>' for group in groups)
    below = '<th>seed</th><th>searched</th>' * len(groups)
    rows = []
    for a, b in zip(of_seed, of_winner, strict=True):
        pairs = [(x.channels, x.layers, f'{x.macs / 1e6:,.1f}', _radius(x.radius)) for x in (a, b)]
        cells = ''.join(f'<td>{x}</td><td>{y}</td>' for x, y in zip(*pairs, strict=True))
        rows.append(f'<tr><td>{a.name} (stride {a.stride})</td>{cells}</tr>')
    return (
        f'<div class="scroll"><table><tr><th></th>{top}</tr><tr><th></th>{below}</tr>'
        f'{"".join(rows)}</table></div>'
    )


def _among_published(search: Search) -> str:
    """Seed and winner among the backbones of published detectors, and a warning outside."""
    rows, outside = [], []
    for seed, won in zip(standings(search.seed), standings(search.winner), strict=True):
        low, high = won.published[0], won.published[-1]
        cells = (f'{seed.value:.4g}', f'{won.value:.4g}', f'{low:.4g} to {high:.4g}')
        less = f'{won.below} of {len(won.published)}'
        rows.append(f'<tr><td>{won.name}</td>{"".join(f"<td>{c}</td>" for c in (*cells, less))}')
        outside += [won.name] if won.outside else []
    heads = ('', 'seed', 'searched', 'published detectors', 'of which less than the searched')
    warning = (
        f'<p><b>Outside of what was ever trained: {", ".join(outside)}.</b> No score is known to '
        'hold there; bound it (docs/method.md).</p>'
    )
    top = ''.join(f'<th>{head}</th>' for head in heads)
    return (
        f'{warning if outside else ""}<div class="scroll"><table><tr>{top}</tr>'
        f'{"</tr>".join(rows)}</tr></table></div>'
    )


def _measured(search: Search, genotype: Genotype) -> dict[str, Any]:
    score = search.score(genotype)
    return {'score': score, 'pr_score': population.pr_score(search, genotype, score)}


def _tile(what: str, value: str, beside: str) -> str:
    return (
        f'<div class="tile"><span class="what">{escape(what)}</span><b>{escape(value)}</b>'
        f'<span>{escape(beside)}</span></div>'
    )


def _of_constraint(name: str, of: Constraint, genotype: Genotype) -> tuple[str, str, str]:
    """What is bounded, its value, and the bound."""
    title = of.of.label if of.of else name
    symbols = {'<=': '\u2264', '>=': '\u2265'}
    bounds = [f'{symbols[symbol]} {_written(of, bound)}' for symbol, bound in of.bounds.items()]
    return title, _written(of, of.measure(genotype)), ', '.join(bounds)


def _written(constraint: Constraint, value: float) -> str:
    """In the unit of its bound: 2.5 G for MACs, 9.8 M for params, as they are for small ones."""
    for worth, unit in ((1e9, ' G'), (1e6, ' M'), (1e4, ' k')):
        if max(constraint.bounds.values()) >= worth:
            return f'{value / worth:.4g}{unit}'
    return f'{value:,.4g}'


def _radius(radius: float | None) -> str:
    return '-' if radius is None else f'{radius:.1f}'


def _seen(title: str, of: Seen) -> str:
    return f'{title}, {of.level}: {of.radius:.0f} px'


def _time(runs: Sequence[Run]) -> str:
    """The seconds of all runs; those after the last checkpoint of one that was killed are lost."""
    if not runs:
        return 'not known'
    total = sum(run.seconds for run in runs)
    return f'{total:.1f} s' + (f' in {len(runs)} runs' if len(runs) > 1 else '')


def _shell(*words: object) -> str:
    return escape(shlex.join(map(str, words)))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return 'not installed'
