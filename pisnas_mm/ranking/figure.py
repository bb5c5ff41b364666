"""Accuracy over every score, a panel each, as in the paper's Figure 5."""

from math import ceil, isfinite

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pisnas_mm.ranking.report import Comparison, Row
from pisnas_mm.visualization.palette import COLOURS, GREY

COLUMNS = 4


def draw(comparison: Comparison, title: str) -> Figure:
    """A point an architecture: the mean of its trainings, with a line from the least to the most.

    The config's own score comes first and has a colour of its own.
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
    accuracies = comparison.accuracies
    axes.vlines(row.values, accuracies.min(axis=1), accuracies.max(axis=1), color=GREY, lw=1)
    axes.plot(row.values, accuracies.mean(axis=1), 'o', color=colour, markersize=4.5)
    axes.grid(alpha=0.3)
    axes.spines[['top', 'right']].set_visible(False)
    axes.tick_params(labelsize=8)
    axes.locator_params(axis='x', nbins=5)
    tau, text = row.tau, '-'
    if isfinite(tau.value):
        text = f'{tau.value:+.2f} ({tau.low:+.2f} to {tau.high:+.2f})'
    axes.set_title(f'{row.name}\n' + rf'$\tau$ = {text}', fontsize=9)
