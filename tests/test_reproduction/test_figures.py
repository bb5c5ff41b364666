from pathlib import Path

import pytest
from matplotlib.axes import Axes

from pisnas_mm.reproduction import figures, rows
from pisnas_mm.reproduction.claims import correlation_claims
from pisnas_mm.reproduction.searched import read_all
from pisnas_mm.visualization.png import save
from tests.test_reproduction import paper

FOUND = read_all(Path(__file__).parents[2] / 'configs/searched')


def drawn(axes: Axes) -> dict[str, int]:
    """How many hollow points, filled points and ticks there are."""
    lines = [line for line in axes.lines if line.get_marker() != 'None']
    hollow = [line for line in lines if line.get_markerfacecolor() == 'none']
    # A tick is in the panel's own heights, not on the scale of accuracy.
    ticks = [line for line in axes.lines if line.get_transform() == axes.get_xaxis_transform()]
    return dict(
        hollow=sum(len(line.get_xdata()) for line in hollow),
        filled=len(lines) - len(hollow),
        ticks=len(ticks),
    )


@pytest.mark.parametrize(
    ('measure', 'result', 'filled', 'ticks'),
    [
        (paper.unmeasured, paper.untrained, 0, 0),
        (paper.measured, paper.untrained, 0, 8),
        (paper.measured, paper.trained, 8, 0),
        (paper.unmeasured, paper.trained, 0, 0),
    ],
)
def test_untrained_detectors_have_no_point(measure, result, filled, ticks) -> None:
    found = rows.point_rows(paper.POINTS[3], measure, result)
    figure = figures.draw_pyramids(found, 'title')
    for axes in figure.axes:
        assert drawn(axes) == dict(hollow=8, filled=filled, ticks=ticks)


def test_the_band_of_ticks_has_no_scale() -> None:
    found = rows.point_rows(paper.POINTS[3], paper.measured, paper.untrained)
    for axes in figures.draw_pyramids(found, 'title').axes:
        low, high = axes.get_ylim()
        lowest = min(point.ap for point in paper.POINTS[3])
        assert low < min(axes.get_yticks()) - 0.1 * (high - low)
        assert lowest > low + figures.BAND * (high - low)


def test_series_are_told_apart_by_marker() -> None:
    for n in (2, 3, 4):
        found = figures.series(rows.point_rows(paper.POINTS[n], paper.measured, paper.trained))
        assert len({one.marker for one in found}) == len(found)
        assert sum(len(one.points) for one in found) == len(paper.POINTS[n])
    assert [one.name for one in found] == [
        'YOLOv8, PIS-NAS',
        'YOLOv8',
        'YOLOv7',
        'YOLOv6',
        'YOLOv5',
    ]


def test_figure_4() -> None:
    found = rows.point_rows(paper.POINTS[4], paper.measured, paper.untrained)
    (axes,) = figures.draw_yolos(found, 'title').axes
    assert drawn(axes) == dict(hollow=16, filled=0, ticks=16)
    assert [text.get_text() for text in axes.texts[:3]] == ['n', 's', 'm']


@pytest.mark.parametrize(
    ('result', 'ours'), [(paper.trained, 'filled'), (paper.untrained, 'ticks')]
)
def test_figure_5(result, ours) -> None:
    groups = rows.groups(correlation_claims(paper.PAPER), FOUND, result)
    panels = figures.draw_groups(groups, 'title').axes
    assert [drawn(axes)['hollow'] for axes in panels] == [6, 5, 6]
    assert all(drawn(axes)[ours] == 5 for axes in panels)
    assert '0.55 printed, 0.50' in panels[0].get_title()


def test_a_figure_is_the_same_bytes_again(tmp_path: Path) -> None:
    found = rows.point_rows(paper.POINTS[3], paper.measured, paper.trained)
    for name in 'ab':
        save(figures.draw_pyramids(found, 'title'), tmp_path / f'{name}.png')
    assert (tmp_path / 'a.png').read_bytes() == (tmp_path / 'b.png').read_bytes()
