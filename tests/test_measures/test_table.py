"""The table of measures, and that what stands in it appears everywhere."""

import json
import runpy
from pathlib import Path

import pytest

from pisnas_mm import measures
from pisnas_mm.constraints import register_measure
from pisnas_mm.detectors.table import architecture_table, comparison
from pisnas_mm.measures import MEASURES, Measure, summary
from pisnas_mm.ranking.scoring import ingredients
from pisnas_mm.ranking.settings import RankingSettings
from pisnas_mm.registry import CONSTRAINTS
from pisnas_mm.scores import PISScore, PRScore
from pisnas_mm.visualization import sections, side_by_side
from pisnas_mm.visualization.work_dir import read_search
from tests import reference
from tests.test_visualization import searched

SCORE = Path(__file__).parents[2] / 'tools/analysis_tools/score.py'
GENOTYPE = reference.genotype(reference.C2F[0])


def widest(genotype):
    return max(genotype.out_channels)


@pytest.fixture
def made_up():
    """A measure that nothing knows of."""
    measure = Measure('widest stage', widest, 'widest', 'kch', worth=1e3)
    register_measure(measure)
    yield measure
    del MEASURES['widest_stage'], CONSTRAINTS.module_dict['WidestStage']


def test_names_follow_from_the_name():
    found = [(measure.key, measure.type, measure.title) for measure in MEASURES.values()]
    assert found == [
        ('params', 'Params', 'params (M)'),
        ('macs', 'MACs', 'MACs (G)'),
        ('layers', 'Layers', 'layers'),
        ('activations', 'Activations', 'activations (M)'),
        ('bottleneck_entropy', 'BottleneckEntropy', 'H_btn (nats)'),
        ('bottleneck_entropy_paper', 'BottleneckEntropyPaper', 'H_btn (paper) (nats)'),
        ('effectiveness', 'Effectiveness', 'rho'),
        ('pr_score', 'PRScore', 'PR score (px)'),
    ]
    assert list(MEASURES) == [key for key, *_ in found]


@pytest.mark.parametrize(
    ('key', 'value', 'written'),
    [
        ('params', 9_640_000, '9.640 M'),
        ('macs', 1_668_000_000, '1.668 G'),
        ('layers', 44, '44'),
        ('bottleneck_entropy', 8.0991, '8.099'),
        ('effectiveness', 0.06583, '0.0658'),
        ('pr_score', 225.5, '225.50'),
    ],
)
def test_values_are_written_as_tables_have_them(key, value, written):
    assert MEASURES[key].written(value) == written


@pytest.mark.parametrize('measure', MEASURES.values(), ids=MEASURES)
def test_a_measure_knows_whether_it_depends_on_the_image(measure):
    at_64, at_128 = measure(GENOTYPE, 64), measure(GENOTYPE, 128)
    assert measure.sized == (at_64 != at_128)
    if measure.sized:
        assert measure.at(64)(GENOTYPE) == at_64
        with pytest.raises(ValueError, match='image_size should be a whole number >= 32'):
            measure.at(None)
    else:
        assert measure.at(None)(GENOTYPE) == at_64


def test_the_pr_score_is_that_of_the_paper():
    for line in (reference.C2F[0], reference.RESIDUAL[0]):
        genotype, size = reference.genotype(line), line['image_size']
        assert MEASURES['pr_score'](genotype, size) == PRScore(size)(genotype)


def test_results_tell_of_these():
    assert summary(GENOTYPE, 64) == {
        'image_size': 64,
        'params': measures.params(GENOTYPE),
        'macs': measures.macs(GENOTYPE, 64),
        'layers': measures.layers(GENOTYPE),
        'bottleneck_entropy': measures.bottleneck_entropy(GENOTYPE, 64),
        'stage_radii': list(measures.stage_radii(GENOTYPE, 64)),
        'out_channels': list(GENOTYPE.out_channels),
        'out_strides': list(GENOTYPE.out_strides),
    }
    # Files that are promised to be the same to the byte hold them in this order.
    assert ' '.join(summary(GENOTYPE, 64)) == (
        'image_size params macs layers bottleneck_entropy stage_radii out_channels out_strides'
    )


def test_a_new_measure_decides_and_bounds_in_a_search(made_up, tmp_path):
    budget = {'width': dict(type='WidestStage', max=16)}
    free = searched.run(tmp_path / 'free', tie_breakers=('-widest_stage',)).evolution.population
    assert {widest(one.genotype) for one in free} == {16, 24}
    assert all(one.rank == (one.score, -widest(one.genotype)) for one in free)
    bound = searched.run(tmp_path / 'bound', constraints=budget).evolution.population
    assert {widest(one.genotype) for one in bound} == {16}


def test_a_new_measure_is_in_results_and_reports(made_up, tmp_path):
    budget = {'width': dict(type='WidestStage', max=16)}
    searched.run(tmp_path, constraints=budget, tie_breakers=('-widest_stage',))
    result = json.loads((tmp_path / 'best.json').read_text())
    search = read_search(tmp_path)
    value = widest(search.winner)
    assert result['best'][0]['widest_stage'] == value
    head, _, row = comparison(result).splitlines()
    assert 'widest' in head
    assert f'{value / 1e3:.3f} kch' in row

    charts = {}
    for section in sections.all_sections(search):
        for part in section.parts:
            charts |= {} if isinstance(part, str) else part
    title, course = charts['widest_stage']
    assert title == 'widest of the best, and its bound'
    line, _, bound = course['layer']
    assert line['encoding']['y']['title'] == 'widest (kch)'
    assert course['data']['values'][-1]['best'] == pytest.approx(value / 1e3)
    assert bound['data']['values'] == [{'best': 0.016}]
    scatter = charts['scatter'].spec
    (points,) = scatter['layer']
    assert {'field': 'widest_stage', 'title': 'widest (kch)'}.items() <= next(
        tip.items() for tip in points['encoding']['tooltip'] if tip['field'] == 'widest_stage'
    )
    assert scatter['data']['values'][-1]['widest_stage'] == pytest.approx(value / 1e3)
    assert '<span class="what">widest</span>' in sections.head(search)


def test_a_new_measure_is_compared_printed_and_related_to_accuracy(made_up, tmp_path, capsys):
    from pisnas_mm.visualization.side_by_side_figure import draw_comparison

    path = tmp_path / 'one.jsonl'
    path.write_text(json.dumps({'id': 'one', 'arch': GENOTYPE.to_list()}))
    written = f'{widest(GENOTYPE) / 1e3:.3f} kch'
    architectures = side_by_side.compared([str(path)])
    assert written in architecture_table(architectures)
    assert 'widest (kch)' in [a.get_xlabel() for a in draw_comparison(architectures).axes]

    score = runpy.run_path(str(SCORE))['main']
    score([str(path)])
    head, row = capsys.readouterr().out.splitlines()
    assert 'widest' in head
    assert written in row
    score([str(path), '--json'])
    assert json.loads(capsys.readouterr().out)['widest_stage'] == widest(GENOTYPE)

    assert ingredients([GENOTYPE], 64, PISScore(64))['widest stage'] == (widest(GENOTYPE),)
    assert RankingSettings(stratify='widest_stage').stratify == 'widest_stage'


def test_results_of_before_a_measure_are_still_shown(tmp_path):
    searched.run(tmp_path)
    result = json.loads((tmp_path / 'best.json').read_text())
    before = comparison(result)
    measure = Measure('new one', widest, 'new one')
    register_measure(measure)
    try:
        assert comparison(result) == before
    finally:
        del MEASURES['new_one'], CONSTRAINTS.module_dict['NewOne']
