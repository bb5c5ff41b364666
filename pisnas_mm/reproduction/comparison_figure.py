"""The comparison on the embedded digits, drawn: a dot a seed, a bar at their mean."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pisnas_mm.reproduction.comparison import METRICS, Row
from pisnas_mm.reproduction.figures import COLOURS, MARKERS, STYLE, empty_panels

WIDTH = 0.3  # over which the dots of a model are spread, and of the bar at their mean
SPAN = 1.15  # of a panel's height over the widest range of any panel


def draw(pairs: Mapping[str, tuple[Row, Row]], title: str) -> Figure:
    """A panel a detector and metric; all of them show the same number of points in their height."""
    shown = [(detector, metric) for detector in pairs for metric in METRICS]
    figure, found = empty_panels(title, len(shown), (12, 4.6))
    for axes, (detector, metric) in zip(found, shown, strict=True):
        pair = pairs[detector]
        for x, row in enumerate(pair):
            _dots(axes, x, row.values[metric])
        names = [row.model.backbone.replace(', ', ',\n') for row in pair]
        axes.set_xticks(range(len(pair)), names)
        axes.set(xlim=(-0.6, len(pair) - 0.4), ylabel=f'{metric} (%)')
        axes.set_title(f'{detector}: {metric}', fontsize=10)
    _same_height(found)
    return figure


def _dots(axes: Axes, x: float, values: Sequence[float]) -> None:
    if not values:
        return
    steps = max(len(values) - 1, 1)
    xs = [x + WIDTH * (i / steps - 0.5) for i in range(len(values))]
    colour, mean = COLOURS[int(x)], sum(values) / len(values)
    axes.hlines(mean, x - WIDTH, x + WIDTH, color=colour, lw=2)
    axes.plot(xs, values, MARKERS[int(x)], mfc='none', color=colour, **STYLE)


def _same_height(found: Sequence[Axes]) -> None:
    """Equal differences look equal in all panels."""
    limits = [axes.get_ylim() for axes in found]
    half = SPAN * max(high - low for low, high in limits) / 2
    for axes, (low, high) in zip(found, limits, strict=True):
        middle = (low + high) / 2
        axes.set_ylim(middle - half, middle + half)
