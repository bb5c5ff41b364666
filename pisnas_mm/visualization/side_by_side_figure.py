"""Architectures side by side, drawn: a panel a measure, and the radii level by level."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pisnas_mm.detectors.table import Entry
from pisnas_mm.measures import Measure
from pisnas_mm.visualization.palette import COLOURS
from pisnas_mm.visualization.side_by_side import columns

MARKERS = ('o', 's', '^', 'D', 'v', 'P')


def draw_comparison(architectures: Sequence[Entry]) -> Figure:
    """Bars of every measure, and lines of the radii; colours and markers tell whose."""
    panels = columns()
    size = (2.2 * len(panels) + 4.2, 2.6 + 0.28 * len(architectures))
    figure = Figure(figsize=size, layout='constrained')
    figure.suptitle('Architectures side by side', fontsize=12)
    *bars, lines = figure.subplots(1, len(panels) + 1, width_ratios=[1] * len(panels) + [1.8])
    for axes, measure in zip(bars, panels, strict=True):
        _bars(axes, architectures, measure)
        axes.set_xlabel(measure.title)
        axes.set_yticks([])
    bars[0].set_yticks(range(len(architectures)), [of['id'] for of in architectures])
    _radii(lines, architectures)
    for axes in (*bars, lines):
        axes.spines[['top', 'right']].set_visible(False)
    return figure


def _bars(axes: Axes, architectures: Sequence[Entry], measure: Measure) -> None:
    for i, of in enumerate(architectures):
        value = of[measure.key]
        axes.barh(i, measure.in_units(value), height=0.7, color=COLOURS[i % len(COLOURS)])
        axes.annotate(
            measure.written(value),
            (measure.in_units(value), i),
            xytext=(3, 0),
            textcoords='offset points',
            va='center',
            fontsize=9,
        )
    axes.margins(x=0.4)
    axes.invert_yaxis()


def _radii(axes: Axes, architectures: Sequence[Entry]) -> None:
    for i, of in enumerate(architectures):
        axes.plot(
            [f'C{level + 2}' for level in range(len(of['stage_radii']))],
            of['stage_radii'],
            marker=MARKERS[i % len(MARKERS)],
            color=COLOURS[i % len(COLOURS)],
            label=of['id'],
        )
    axes.set(xlabel='level', ylabel='receptive radius (px)', ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=9, frameon=False)
