import pytest

from pisnas_mm.visualization.history import courses, rejections, scores
from pisnas_mm.visualization.work_dir import read_search
from tests.test_visualization import searched

LINES = [
    dict(candidates=10, scored=6, rejected={'macs': 4}, best=[1.0, 5.0], worst=[0.5, 5.0]),
    dict(candidates=20, scored=8, rejected={'macs': 9, 'dup': 3}, best=[2.0, 5.0], worst=[1, 5.0]),
]


def test_scores_are_the_history():
    assert scores(LINES) == [(10, 1.0, 0.5), (20, 2.0, 1)]


def test_shares_are_those_of_a_window():
    assert rejections(LINES) == [
        (10, 'dup', 0.0),
        (10, 'macs', pytest.approx(40)),
        (10, 'scored', pytest.approx(60)),
        (20, 'dup', pytest.approx(30)),
        (20, 'macs', pytest.approx(50)),
        (20, 'scored', pytest.approx(20)),
    ]


def test_shares_of_a_search_add_up(tmp_path):
    searched.run(tmp_path)
    search = read_search(tmp_path)
    found = rejections(search.history, windows=7)
    for at in {point.candidates for point in found}:
        assert sum(point.share for point in found if point.candidates == at) == pytest.approx(100)
    assert len({point.candidates for point in found}) <= 7
    assert found[-1].candidates == 4000


def test_long_histories_are_thinned_and_keep_their_end():
    lines = [LINES[0] | dict(candidates=i) for i in range(1, 5001)]
    points = scores(lines)
    assert 300 < len(points) <= 600
    assert points[-1].candidates == 5000


def test_tie_breakers_have_the_bounds_of_their_constraints(tmp_path):
    searched.run(tmp_path)
    search = read_search(tmp_path)
    entropy, macs = courses(search)
    assert (entropy.measure.key, entropy.bounds) == ('bottleneck_entropy', (4.6,))
    assert (macs.measure.key, macs.bounds) == ('macs', ())
    score, value, minus_macs = search.history[-1]['best']
    assert entropy.points[-1] == (4000, value)
    assert macs.points[-1] == (4000, -minus_macs)
    assert score == scores(search.history)[-1].best
