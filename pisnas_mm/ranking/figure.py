"""Accuracy over every score, a panel each, as in the paper's Figure 5."""

from collections.abc import Sequence
from math import ceil, isfinite

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pisnas_mm.ranking.rank_report import Comparison, Row
from pisnas_mm.visualization.palette import COLOURS, GREY

COLUMNS = 4
FAR = 1.5  # times the range of the middle half: what is farther out is a triangle at the edge


def draw(comparison: Comparison, title: str) -> Figure:
    """A point an architecture: the mean of its trainings, with a line from the least to the most.

    The config's own score comes first and has a colour of its own. Scores far beyond the others, as
    an exponential penalty gives, are triangles at the edge.
    """
    height = ceil(len(comparison.rows) / COLUMNS)
    figure = Figure(figsize=(3.1 * COLUMNS, 2.9 * height + 0.5), layout='constrained')
    figure.suptitle(title, fontsize=12)
    for i, row in enumerate(comparison.rows):
        axes = figure.add_subplot(height, COLUMNS, i + 1)
        _panel(axes, row, comparison, COLOURS[1 if row is comparison.rows[0] else 0])
        if i % COLUMNS == 0:
            axes.set_ylabel(f'{comparison.settings.metric} (%)', fontsize=9)
    return figure


def _panel(axes: Axes, row: Row, comparison: Comparison, colour: str) -> None:
    accuracies, (low, high) = comparison.accuracies, shown_range(row.values)
    xs = np.clip(row.values, low, high)
    axes.vlines(xs, accuracies.min(axis=1), accuracies.max(axis=1), color=GREY, lw=1)
    beyond = [np.array(row.values) < low, np.array(row.values) > high]
    for marker, chosen in zip('<>o', (*beyond, ~(beyond[0] | beyond[1])), strict=True):
        means = accuracies.mean(axis=1)[chosen]
        axes.plot(xs[chosen], means, marker, color=colour, markersize=4.5)
    axes.grid(alpha=0.3)
    axes.spines[['top', 'right']].set_visible(False)
    axes.tick_params(labelsize=8)
    axes.locator_params(axis='x', nbins=5)
    tau, text = row.tau, '-'
    if isfinite(tau.value):
        text = f'{tau.value:+.2f} ({tau.low:+.2f} to {tau.high:+.2f})'
    axes.set_title(f'{row.name}\n' + rf'$\tau$ = {text}', fontsize=9)


def shown_range(values: Sequence[float]) -> tuple[float, float]:
    """The range that is drawn: all values but those far beyond the middle half of them."""
    first, third = np.percentile(values, [25, 75])
    room = FAR * (third - first)
    inside = [v for v in values if first - room <= v <= third + room]
    return min(inside), max(inside)
