"""Receptive-field maps as a picture, the paper's Figure 1: a row each way, a column each level."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Circle

from pisnas_mm.visualization.palette import COLOURS, SEQUENTIAL
from pisnas_mm.visualization.seen import Seen, contour

CELL = 2.3  # inches of a map
MOST_EDGES = 1500  # of a contour: more are noise of single pixels, and would hide the map


class Row(NamedTuple):
    """Maps that belong together, and what they are."""

    label: str
    maps: Sequence[Seen]


def draw_seen(rows: Sequence[Row], title: str) -> Figure:
    """All maps on one scale, with the threshold's contour and the circle of the radius."""
    columns = max(len(row.maps) for row in rows)
    size = (CELL * columns + 1.6, CELL * len(rows) + 0.9)
    figure = Figure(figsize=size, layout='constrained')
    figure.suptitle(title, fontsize=11)
    panels = figure.subplots(len(rows), columns, squeeze=False)
    image = None
    for row, axes_of_row in zip(rows, panels, strict=True):
        for axes in axes_of_row[len(row.maps) :]:
            axes.set_axis_off()
        for of, axes in zip(row.maps, axes_of_row, strict=False):
            image = _draw(axes, of)
        axes_of_row[0].set_ylabel(f'{row.label}\ny (px)', fontsize=9)
    for axes in panels[-1]:
        axes.set_xlabel('x (px)', fontsize=9)
    if image is not None:
        figure.colorbar(image, ax=panels, shrink=0.75, label='share of the maximum')
    return figure


def _draw(axes: Axes, of: Seen) -> AxesImage:
    side = of.image_size
    image = axes.imshow(of.shares, cmap=SEQUENTIAL, vmin=0, vmax=1, extent=(0, side, side, 0))
    edges = [((x, y), (x2, y2)) for x, y, x2, y2 in contour(of)]
    if len(edges) <= MOST_EDGES:
        axes.add_collection(LineCollection(edges, colors='white', linewidths=0.7))
    centre = (of.centre, of.centre)
    axes.add_patch(Circle(centre, of.radius, fill=False, ls='--', lw=1.2, color=COLOURS[4]))
    ticks = [0, side // 2, side]
    axes.set(xticks=ticks, yticks=ticks, xlim=(0, side), ylim=(side, 0))
    axes.tick_params(labelsize=8)
    axes.set_title(f'{of.level}: {of.radius:.0f} px', fontsize=10)
    return image
