"""What published detectors say of scores: as tables, as CSV, as a page and as a figure."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from pisnas_mm.ranking.evidence import ACROSS, ALL, WITHIN, Bed, Judgement
from pisnas_mm.ranking.published import ANY
from pisnas_mm.ranking.statistics import Estimate
from pisnas_mm.utils.table import NOTHING, Table, markdown
from pisnas_mm.visualization.palette import COLOURS, GREY

COST = 'MACs'  # that the main table and the figure are at
LEAST_FAMILIES = 5  # from which on an interval over families says something


class Evidence(NamedTuple):
    """All judgements, τ of residuals by data set and score, which scores have no value; of what."""

    judgements: Sequence[Judgement]
    taus: Mapping[str, Mapping[str, float]]
    missing: Mapping[str, str]
    beds: Sequence[Bed]


def score_table(evidence: Evidence, data: str) -> Table:
    """A line a score at equal MACs, the best across families first."""
    found = judged(evidence, data)
    (bed,) = (bed for bed in evidence.beds if bed.name == data)
    many = len(set(bed.groups)) >= LEAST_FAMILIES
    over_families = ['(over families)'] if many else []
    head = ['score', 'across families', *over_families, 'within families', 'tau of residuals']
    scores = sorted(bed.scores, key=lambda name: -found[COST, ACROSS, name].by_models.value)
    return [
        head,
        *(
            [
                name,
                cell(found[COST, ACROSS, name].by_models),
                *([_interval(found[COST, ACROSS, name].by_families)] if many else []),
                cell(found[COST, WITHIN, name].by_models),
                signed(evidence.taus[data][name]),
            ]
            for name in scores
        ),
    ]


def cost_table(evidence: Evidence, data: str) -> Table:
    """A line a score, a column for everything that pairs can be equal in; across families."""
    found = judged(evidence, data)
    costs = list(dict.fromkeys(cost for cost, _, _ in found))
    scores = dict.fromkeys(name for _, _, name in found)
    rows = [[name, *(_share(found[cost, ACROSS, name]) for cost in costs)] for name in scores]
    return [['score', *costs], *rows]


def number_table(evidence: Evidence) -> Table:
    """Everything, a judgement a line: for programs."""
    head = ['data', 'cost', 'pairs', 'setting', 'score', 'models paired', 'share']
    head += ['low (models)', 'high (models)', 'low (families)', 'high (families)']
    return [
        head,
        *(
            [of.data, of.cost, of.pairs, of.setting, of.score, str(of.num_pairs)]
            + [
                f'{number:.4f}' if isfinite(number) else NOTHING
                for number in (*of.by_models, *of.by_families[1:])
            ]
            for of in evidence.judgements
        ),
    ]


def page(evidence: Evidence, command: str, picture: str) -> str:
    """All in Markdown.

    Args:
        evidence: What was found.
        command: What writes it.
        picture: The drawing, relative to the page.
    """
    parts = [
        '# What published detectors say of scores',
        f'Written by `{command}`.',
        'The share of pairs of detectors, of equal resolution and a cost equal within 20 %, in '
        'which the higher score has the higher mAP: 0.5 is chance. In brackets: 95 % bootstrap '
        'intervals over models, and over families of models. The last column is tau (Kendall)'
        ' of what a parabola in the logarithm of the MACs leaves of score and mAP, mean over '
        'resolutions. Scores of which less should be better have shares below 0.5.',
        f'![Shares of pairs]({picture})',
    ]
    for data in dict.fromkeys(of.data for of in evidence.judgements):
        pairs = {of.pairs: of.num_pairs for of in evidence.judgements if _main(of, data)}
        parts += [
            f'## {data}',
            f'At equal {COST}: {pairs[ACROSS]} pairs of models across families, {pairs[WITHIN]} '
            f'within, each at several resolutions.',
            markdown(score_table(evidence, data)).rstrip(),
            'At equal params, and at equal latency on each device, across families:',
            markdown(cost_table(evidence, data)).rstrip(),
        ]
    parts += [f'* `{name}` has no value: {reason}' for name, reason in evidence.missing.items()]
    return '\n\n'.join(parts) + '\n'


def draw(evidence: Evidence, cost: str = COST) -> Figure:
    """Shares at an equal cost with their intervals over models, a panel a data set."""
    data = list(dict.fromkeys(of.data for of in evidence.judgements))
    tables = {name: judged(evidence, name) for name in data}
    first = tables[data[0]]
    order = sorted(
        dict.fromkeys(key[2] for key in first),
        key=lambda name: first[cost, ACROSS, name].by_models.value,
    )
    figure = Figure(figsize=(4.2 * len(data) + 2.4, 0.24 * len(order) + 1.4), layout='constrained')
    panels = figure.subplots(1, len(data), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, data, strict=True):
        shares = [tables[name][cost, ACROSS, score].by_models for score in order]
        values, lows, highs = np.array(shares).T
        axes.axvline(0.5, color=GREY, lw=1, ls='--')
        axes.hlines(range(len(order)), lows, highs, color=COLOURS[0], lw=2, alpha=0.35)
        axes.plot(values, range(len(order)), 'o', color=COLOURS[0], markersize=6)
        within = [tables[name][cost, WITHIN, score].by_models.value for score in order]
        axes.plot(within, range(len(order)), '|', color=COLOURS[1], markersize=9, mew=2)
        axes.set_title(name, fontsize=11)
        axes.set_xlim(0, 1)
        axes.grid(axis='x', alpha=0.3)
        axes.spines[['top', 'right']].set_visible(False)
    panels[0].set_yticks(range(len(order)), order, fontsize=9)
    pairs = 'of any cost' if cost == ANY else f'at equal {cost}'
    figure.supxlabel(
        f'share of pairs {pairs} in which the higher score detects better '
        '(dots: across families, bars: within)',
        fontsize=10,
    )
    return figure


def judged(evidence: Evidence, data: str) -> dict[tuple[str, str, str], Judgement]:
    """By cost, kind of pairs and score: all settings of a data set."""
    return {
        (of.cost, of.pairs, of.score): of
        for of in evidence.judgements
        if of.data == data and of.setting == ALL
    }


def _main(of: Judgement, data: str) -> bool:
    return (of.data, of.cost, of.setting) == (data, COST, ALL)


def cell(estimate: Estimate) -> str:
    """A share with its interval, where samples differ at all."""
    if not isfinite(estimate.value):
        return NOTHING
    share = f'{estimate.value:.2f}'
    return f'{share} {_interval(estimate)}' if estimate.low < estimate.high else share


def _interval(estimate: Estimate) -> str:
    return f'({estimate.low:.2f} to {estimate.high:.2f})' if isfinite(estimate.value) else NOTHING


def signed(value: float) -> str:
    """A coefficient with its sign."""
    return f'{value:+.2f}' if isfinite(value) else NOTHING


def _share(of: Judgement) -> str:
    return f'{of.by_models.value:.2f}' if isfinite(of.by_models.value) else NOTHING
