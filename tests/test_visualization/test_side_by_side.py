import json
import re

import pytest

from pisnas_mm.detectors.table import architecture_table
from pisnas_mm.measures import stage_radii, summary
from pisnas_mm.scores import PRScore
from pisnas_mm.visualization.side_by_side import columns, compared
from pisnas_mm.visualization.side_by_side_figure import draw_comparison
from tests import reference
from tests.test_visualization import searched


@pytest.fixture
def files(tmp_path):
    paths = []
    for line in (reference.RESIDUAL[0], reference.C2F[0]):
        paths.append(str(tmp_path / f'{line["id"]}.jsonl'))
        (tmp_path / f'{line["id"]}.jsonl').write_text(json.dumps(line))
    return paths


def test_architectures_are_measured_at_their_size_or_at_one(files):
    lines = (reference.RESIDUAL[0], reference.C2F[0])
    for size in (None, 160):
        for of, line in zip(compared(files, size), lines, strict=True):
            genotype, at = reference.genotype(line), size or line['image_size']
            expected = summary(genotype, at)
            assert (of['id'], of['image_size']) == (line['id'], at)
            values = {measure.key: of[measure.key] for measure in columns()}
            assert values.pop('pr_score') == PRScore(at)(genotype)
            assert values == {key: expected[key] for key in values}
            assert values.keys() == {'params', 'macs', 'layers', 'bottleneck_entropy'}
            assert list(of['stage_radii']) == expected['stage_radii']


def test_a_search_is_its_winner_and_its_score(tmp_path, files):
    searcher = searched.run(tmp_path / 'work')
    of, other = compared([str(tmp_path / 'work'), files[0]])
    assert (of['id'], of['image_size']) == ('small', 64)
    assert of['score'] == searcher.evolution.population[0].score
    # Of two levels, the second.
    assert of['pr_score'] == stage_radii(searcher.evolution.population[0].genotype, 64)[1]
    assert 'score' not in other
    head, one, two = architecture_table([of, other]).splitlines()
    assert re.split('  +', head)[6:8] == ['PR score', 'score']
    assert re.split('  +', one)[6:8] == [f'{of["pr_score"]:.2f}', f'{of["score"]:.2f}']
    assert re.split('  +', two)[7] == '-'
    assert 'score' not in compared([str(tmp_path / 'work')], 128)[0]


def test_equal_names_are_told_apart(files):
    names = [of['id'] for of in compared([files[0], files[0], files[1]])]
    assert len(set(names)) == 3
    assert names[2] == reference.C2F[0]['id']


def test_every_measure_is_drawn(files):
    architectures = compared(files)
    *bars, lines = draw_comparison(architectures).axes
    labels = ['params (M)', 'MACs (G)', 'layers', 'H_btn (nats)', 'PR score (px)']
    assert [axes.get_xlabel() for axes in bars] == labels
    for axes, measure, worth in zip(bars, columns(), (1e6, 1e9, 1, 1, 1), strict=True):
        widths = [patch.get_width() for patch in axes.patches]
        expected = [of[measure.key] / worth for of in architectures]
        assert widths == pytest.approx(expected)
    assert [tuple(line.get_ydata()) for line in lines.lines] == [
        of['stage_radii'] for of in architectures
    ]
    assert [text.get_text() for text in bars[0].get_yticklabels()] == [
        of['id'] for of in architectures
    ]
