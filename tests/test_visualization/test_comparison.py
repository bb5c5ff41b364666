import json

import pytest

from pisnas_mm.measures import summary
from pisnas_mm.scores import PRScore
from pisnas_mm.visualization.comparison import compared, table
from pisnas_mm.visualization.comparison_figure import PANELS, draw_comparison
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
            assert (of.name, of.image_size, of.score) == (line['id'], at, None)
            assert of.pr_score == PRScore(at)(genotype)
            assert (of.macs, of.params, of.layers) == (
                expected['macs'],
                expected['params'],
                expected['layers'],
            )
            assert of.bottleneck_entropy == expected['bottleneck_entropy']
            assert list(of.radii) == expected['stage_radii']


def test_a_search_is_its_winner_and_its_score(tmp_path, files):
    searcher = searched.run(tmp_path / 'work')
    of, other = compared([str(tmp_path / 'work'), files[0]])
    assert (of.name, of.image_size) == ('small', 64)
    assert of.score == searcher.evolution.population[0].score
    assert of.pr_score is None  # two levels only
    assert other.score is None
    cells = table([of, other])
    assert cells[1][6:8] == ['-', f'{of.score:.2f}']
    assert compared([str(tmp_path / 'work')], 128)[0].score is None


def test_equal_names_are_told_apart(files):
    names = [of.name for of in compared([files[0], files[0], files[1]])]
    assert len(set(names)) == 3
    assert names[2] == reference.C2F[0]['id']


def test_every_measure_is_drawn(files):
    architectures = compared(files)
    *bars, lines = draw_comparison(architectures).axes
    for axes, (label, measure, _) in zip(bars, PANELS, strict=True):
        assert axes.get_xlabel() == label
        widths = [patch.get_width() for patch in axes.patches]
        assert widths == pytest.approx([measure(of) for of in architectures])
    assert [tuple(line.get_ydata()) for line in lines.lines] == [of.radii for of in architectures]
    assert [text.get_text() for text in bars[0].get_yticklabels()] == [
        of.name for of in architectures
    ]
