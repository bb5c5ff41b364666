"""A trained comparison, drawn: a dot a seed, a bar at their mean."""

from collections.abc import Sequence
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pisnas_mm.reproduction.comparison import METRICS, Rows
from pisnas_mm.reproduction.figures import MARKERS, STYLE, empty_panels
from pisnas_mm.visualization.palette import COLOURS

WIDTH = 0.3  # half a bar's; the dots of a model are spread over as much
MARGIN = 0.08  # of a panel's height, above and below the dots


def draw(groups: Rows, title: str) -> Figure:
    """A panel a detector and metric; those of a detector show as many points in their height."""
    title = f'{title}, held out: a dot a seed, a bar at their mean'
    num = len(groups) * len(METRICS)
    width = max(13, 0.8 * num * max(map(len, groups.values())))  # inches; names are side by side
    figure, panels = empty_panels(title, num, (width, 4.6))
    left = iter(panels)
    for detector, rows in groups.items():
        own = [next(left) for _ in METRICS]
        for axes, metric in zip(own, METRICS, strict=True):
            for x, row in enumerate(rows):
                _dots(axes, x, row.values[metric])
            names = [fill(row.model.backbone, 11) for row in rows]
            axes.set_xticks(range(len(rows)), names, fontsize=8)
            axes.set(xlim=(-0.6, len(rows) - 0.4), ylabel=f'{metric} (%)')
            axes.set_title(f'{detector}: {metric}', fontsize=10)
            axes.margins(y=MARGIN)
        _same_height(own)
    return figure


def _dots(axes: Axes, x: int, values: Sequence[float]) -> None:
    if not values:
        return
    steps = max(len(values) - 1, 1)
    xs = [x + WIDTH * (i / steps - 0.5) for i in range(len(values))]
    mean = sum(values) / len(values)
    axes.hlines(mean, x - WIDTH, x + WIDTH, color=COLOURS[x], lw=2)
    axes.plot(xs, values, MARKERS[x], mfc='none', color=COLOURS[x], **STYLE)


def _same_height(panels: Sequence[Axes]) -> None:
    """Equal differences look equal."""
    limits = [axes.get_ylim() for axes in panels]
    half = max(high - low for low, high in limits) / 2
    for axes, (low, high) in zip(panels, limits, strict=True):
        middle = (low + high) / 2
        axes.set_ylim(middle - half, middle + half)
