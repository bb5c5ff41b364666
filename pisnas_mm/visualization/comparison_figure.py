"""Architectures side by side, drawn: a panel a measure, and the radii level by level."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pisnas_mm.visualization.comparison import Compared
from pisnas_mm.visualization.palette import COLOURS

MARKERS = ('o', 's', '^', 'D', 'v', 'P')

Measure = Callable[[Compared], float | None]

PANELS: tuple[tuple[str, Measure, str], ...] = (
    ('MACs (G)', lambda of: of.macs / 1e9, '{:.2f}'),
    ('params (M)', lambda of: of.params / 1e6, '{:.2f}'),
    ('H_btn (nats)', lambda of: of.bottleneck_entropy, '{:.2f}'),
    ('PR score (px)', lambda of: of.pr_score, '{:.0f}'),
)


def draw_comparison(architectures: Sequence[Compared]) -> Figure:
    """Bars of the four measures, and lines of the radii; colours and markers tell whose."""
    figure = Figure(figsize=(13, 2.6 + 0.28 * len(architectures)), layout='constrained')
    figure.suptitle('Architectures side by side', fontsize=12)
    *bars, lines = figure.subplots(1, len(PANELS) + 1, width_ratios=[1] * len(PANELS) + [1.8])
    for axes, (label, measure, form) in zip(bars, PANELS, strict=True):
        _bars(axes, architectures, measure, form)
        axes.set_xlabel(label)
        axes.set_yticks([])
    bars[0].set_yticks(range(len(architectures)), [of.name for of in architectures])
    _radii(lines, architectures)
    for axes in (*bars, lines):
        axes.spines[['top', 'right']].set_visible(False)
    return figure


def _bars(axes: Axes, architectures: Sequence[Compared], measure: Measure, form: str) -> None:
    for i, of in enumerate(architectures):
        value = measure(of)
        if value is not None:
            axes.barh(i, value, height=0.7, color=COLOURS[i % len(COLOURS)])
            axes.annotate(
                form.format(value),
                (value, i),
                xytext=(3, 0),
                textcoords='offset points',
                va='center',
                fontsize=9,
            )
    axes.margins(x=0.25)
    axes.invert_yaxis()


def _radii(axes: Axes, architectures: Sequence[Compared]) -> None:
    for i, of in enumerate(architectures):
        axes.plot(
            [f'C{level + 2}' for level in range(len(of.radii))],
            of.radii,
            marker=MARKERS[i % len(MARKERS)],
            color=COLOURS[i % len(COLOURS)],
            label=of.name,
        )
    axes.set(xlabel='level', ylabel='receptive radius (px)', ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=9, frameon=False)
