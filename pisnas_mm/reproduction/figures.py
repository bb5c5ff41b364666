"""The paper's figures, drawn: claims as hollow markers, ours as filled ones.

Where nothing has been trained, our MACs, params or PR scores are ticks in a grey band below the
points, a row a series: a difference from the claim is seen, and no accuracy is invented.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pisnas_mm.reproduction.rows import Group, PointRow, ap50
from pisnas_mm.visualization.palette import COLOURS, GREY

MARKERS = ('o', 's', '^', 'D', 'v', 'P')
STYLE: dict[str, Any] = dict(markersize=8, markeredgewidth=1.5)
BAND, EDGE = 0.2, 0.02  # of a panel's height: for the ticks, and left free above and below them
# Where Figure 4's families have their labels, so that neighbours keep clear of each other.
LABELS: tuple[dict[str, Any], ...] = (
    dict(xytext=(-8, 5), ha='right'),
    dict(xytext=(-9, -3), ha='right'),
    dict(xytext=(7, -12)),
    dict(xytext=(7, -12)),
    dict(xytext=(9, -3)),
)

XOf = Callable[[PointRow], float | None]
Tick = tuple[float, int, str]
"""Where on the x-axis, in which row of the band, and the colour."""


class Series(NamedTuple):
    """Points that belong together, and what they look like."""

    name: str
    colour: str
    marker: str
    points: tuple[PointRow, ...]


def draw_pyramids(rows: Sequence[PointRow], title: str) -> Figure:
    """Figures 2 and 3: mAP over MACs and over params, a series a detector and kind of backbone."""
    figure, (left, right) = empty_panels(title, 2, (11, 5.2))
    found = series(rows)
    _draw(left, found, lambda row: row.claim.macs_g, our_macs)
    _draw(right, found, lambda row: row.claim.params_m, our_params)
    left.set(xlabel='MACs (G)', ylabel='mAP (%)')
    right.set(xlabel='params (M)')
    _legend(figure, found)
    return figure


def draw_yolos(rows: Sequence[PointRow], title: str) -> Figure:
    """Figure 4: AP over MACs, a series a family."""
    figure, (axes,) = empty_panels(title, 1, (8.5, 6))
    found = series(rows)
    _draw(axes, found, lambda row: row.claim.macs_g, our_macs)
    for family, place in zip(found, LABELS, strict=True):
        for row in family.points:
            axes.annotate(
                row.claim.backbone.rpartition('-')[2],
                (row.claim.macs_g, row.claim.ap),
                textcoords='offset points',
                fontsize=9,
                color=family.colour,
                **place,
            )
    axes.set(xlabel='MACs at 640 x 640 (G)', ylabel='COCO AP (%)')
    _legend(figure, found)
    return figure


def draw_groups(groups: Sequence[Group], title: str) -> Figure:
    """Figure 5: AP50 over PR score, a panel a floor of H_btn."""
    figure, panels = empty_panels(title, len(groups), (12, 4.8))
    colour, marker = COLOURS[0], MARKERS[0]
    for axes, group in zip(panels, groups, strict=True):
        xs, ys = [c.pr_score for c in group.claims], [c.ap for c in group.claims]
        axes.plot(xs, ys, marker, mfc='none', color=GREY, **STYLE)
        ticks = []
        for row in group.ours:
            ap = ap50(row.ours)
            if ap is None:
                ticks.append((row.search.pr_score, 0, colour))
            else:
                axes.plot(row.search.pr_score, ap, marker, color=colour, **STYLE)
        _ticks(axes, ticks, 1)
        computed = '-' if group.computed_tau is None else f'{group.computed_tau:.2f}'
        axes.set_title(
            rf'$H_{{btn}} \geq {group.floor}$: $\tau$ = {group.tau:.2f} printed, '
            f'{computed} of the points',
            fontsize=10,
        )
        axes.set(xlabel='PR score (px)')
        axes.margins(x=0.12)
    panels[0].set(ylabel='VOC AP50 (%)')
    _legend(figure, [])
    return figure


def series(rows: Sequence[PointRow]) -> list[Series]:
    """Points by detector and kind of backbone: a colour a detector, a marker a series."""
    names = list(dict.fromkeys(map(_series_of, rows)))
    # In Figure 4 detectors and backbones have the same names, and every family its own colour.
    detectors = list(dict.fromkeys(row.claim.detector for row in rows))
    own = any(row.claim.detector in names for row in rows)
    found = []
    for i, name in enumerate(names):
        points = tuple(row for row in rows if _series_of(row) == name)
        colour = COLOURS[i if own else detectors.index(points[0].claim.detector)]
        found.append(Series(name, colour, MARKERS[i], points))
    return found


def our_macs(row: PointRow) -> float | None:
    """In G."""
    return row.ours.size.macs / 1e9 if row.ours and row.ours.size else None


def our_params(row: PointRow) -> float | None:
    """In M."""
    return row.ours.size.params / 1e6 if row.ours and row.ours.size else None


def _series_of(row: PointRow) -> str:
    family = row.claim.backbone.rpartition('-')[0].removesuffix('-')
    return family if family == row.claim.detector else f'{row.claim.detector}, {family}'


def empty_panels(title: str, columns: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """A figure of ``size`` inches with as many empty panels side by side."""
    figure = Figure(figsize=size, layout='constrained')
    figure.suptitle(title, fontsize=12)
    panels = [figure.add_subplot(1, columns, i + 1) for i in range(columns)]
    for axes in panels:
        axes.grid(alpha=0.3)
        axes.spines[['top', 'right']].set_visible(False)
    return figure, panels


def _draw(axes: Axes, found: Sequence[Series], claimed: XOf, ours: XOf) -> None:
    ticks = []
    for i, one in enumerate(found):
        claims = [(claimed(row), row.claim.ap) for row in one.points]
        known = [(x, ap) for x, ap in claims if x is not None]
        if known:
            xs, aps = zip(*known, strict=True)
            axes.plot(xs, aps, ls=':', lw=1, color=GREY)
            axes.plot(xs, aps, one.marker, mfc='none', color=one.colour, **STYLE)
        for row in one.points:
            x, ap = ours(row), row.ours.ap() if row.ours else None
            if x is not None and ap is not None:
                axes.plot(x, ap, one.marker, color=one.colour, **STYLE)
            elif x is not None:
                ticks.append((x, i, one.colour))
    _ticks(axes, ticks, len(found))


def _ticks(axes: Axes, ticks: Sequence[Tick], rows: int) -> None:
    """Ticks in a band that is added below the points; it has no scale of accuracy."""
    if not ticks:
        return
    low, high = axes.get_ylim()
    marks = [y for y in axes.get_yticks() if low <= y <= high]
    foot = low - (high - low) * BAND / (1 - BAND)
    axes.axhspan(foot, low, color='#F0F0F0', zorder=0)
    axes.set_ylim(foot, high)
    axes.set_yticks(marks)
    height = (BAND - 2 * EDGE) / rows
    for x, row, colour in ticks:
        top = BAND - EDGE - row * height
        bottom = top - 0.85 * height
        axes.plot([x, x], [bottom, top], color=colour, lw=3, transform=axes.get_xaxis_transform())


def _legend(figure: Figure, found: Sequence[Series]) -> None:
    """What colours and shapes are, and what hollow, filled and a tick mean; below the panels."""
    entries = [
        Line2D([], [], marker=one.marker, color=one.colour, ls='', ms=7, label=one.name)
        for one in found
    ]
    entries += [
        Line2D([], [], marker='o', mfc='none', color=GREY, ls='', ms=8, label='hollow: claimed'),
        Line2D([], [], marker='o', color=GREY, ls='', ms=8, label='filled: ours'),
        Line2D([], [], marker='|', color=GREY, ls='', ms=11, mew=3, label='tick: ours, untrained'),
    ]
    figure.legend(handles=entries, loc='outside lower center', ncols=4, fontsize=9)
