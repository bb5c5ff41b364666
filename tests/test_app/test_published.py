import csv
import subprocess
import sys
from pathlib import Path

import pytest

from pisnas_mm import measures
from pisnas_mm.app.published import rank_published
from pisnas_mm.ranking import evidence_report
from pisnas_mm.reproduction.yolobench import yolobench_genotype, yolobench_names
from pisnas_mm.scores import PISScore

ROOT = Path(__file__).parents[2]
NAMES = yolobench_names()[::4]
SIZES = (160, 224)


def results(mAP) -> str:
    rows = [f'{name}_{size},{mAP(name, size)}' for name in NAMES for size in SIZES]
    return '\n'.join(['model_name,mAP_0.5:0.95', *rows]) + '\n'


@pytest.fixture(scope='module')
def folder(tmp_path_factory) -> Path:
    """Two data sets: in one PIS is always right, in the other the params are."""
    made = tmp_path_factory.mktemp('results')
    (made / 'seen.csv').write_text(
        results(lambda name, size: PISScore(size)(yolobench_genotype(name)))
    )
    (made / 'size.csv').write_text(
        results(lambda name, size: measures.params(yolobench_genotype(name)))
    )
    rows = [f'{name}_{size},{i + 1}' for i, name in enumerate(NAMES) for size in SIZES]
    (made / 'speed.csv').write_text('\n'.join(['model_name,phone_latency', *rows]) + '\n')
    return made


@pytest.fixture(scope='module')
def found(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp('out')
    scores = {'PIS, omega 0': dict(type='PISScore', omega=0.0), 'none': dict(type='Nothing')}
    said: list[str] = []
    evidence = rank_published(
        folder, out, scores, command='a command', num_resamples=20, say=said.append
    )
    assert said == [
        f'{name}: {len(NAMES)} models, {len(NAMES) * len(SIZES)} results'
        for name in ('seen', 'size')
    ]
    return evidence, out


def share(evidence, **wanted) -> float:
    (one,) = [
        of
        for of in evidence.judgements
        if all(getattr(of, key) == value for key, value in wanted.items())
    ]
    return one.by_models.value


def test_what_is_right_is_found_to_be(found) -> None:
    evidence, _ = found
    main = dict(cost='MACs', pairs='across families', setting='all')
    assert share(evidence, data='seen', score='PISScore', **main) == 1
    assert share(evidence, data='seen', score='PIS, omega 0', **main) < 1
    assert share(evidence, data='size', score='params', **main) == 1
    assert evidence.taus['seen']['PISScore'] > 0.99
    assert {of.cost for of in evidence.judgements} == {'MACs', 'params', 'phone'}
    assert {of.setting for of in evidence.judgements} == {'all', '160', '224'}
    assert 'Nothing' in evidence.missing['none']


def test_every_score_without_a_network_and_every_measure_is_judged(found) -> None:
    scores = {of.score for of in found[0].judgements}
    assert {measure.name for measure in measures.MEASURES.values()} <= scores
    assert {'PyramidCapacityScore', 'ActivationsScore', 'MAEDETScore', 'PIS, omega 0'} <= scores
    assert not {'ZenScore', 'MonteCarloPRScore', 'RandomScore', 'none'} & scores


def test_the_page_the_table_and_the_picture(found) -> None:
    evidence, out = found
    page = (out / 'evidence.md').read_text()
    assert 'Written by `a command`.' in page
    assert '## seen' in page
    assert '* `none` has no value' in page
    assert (out / 'evidence.png').read_bytes().startswith(b'\x89PNG')
    rows = list(csv.DictReader((out / 'evidence.csv').read_text().splitlines()))
    assert len(rows) == len(evidence.judgements)
    head, first, *_ = evidence_report.score_table(evidence, 'seen')
    assert head[0] == 'score'
    assert first[1].startswith('1.00')  # best first
    (costs, *_) = evidence_report.cost_table(evidence, 'seen')
    assert costs == ['score', 'MACs', 'params', 'phone']


def test_mmdetections_zoo_is_judged_detector_by_detector(tmp_path) -> None:
    zoo = ROOT / 'docs/results/zoo'
    evidence = rank_published(zoo, tmp_path, command='a command', num_resamples=20)
    assert [bed.name for bed in evidence.beds] == [
        'all three',
        'RetinaNet',
        'Faster R-CNN',
        'Mask R-CNN',
    ]
    assert [len(bed.keys) for bed in evidence.beds] == [56, 15, 19, 22]
    main = dict(data='Mask R-CNN', setting='all', pairs='within families')
    # Of 2 ResNets, 2 ResNeXts and 8 RegNetXs only 6.4 GF (below 4 GF, at 1x) is out of order.
    pairs = 3 * (1 + 1) + 5 * 4 // 2 + 5 * 4 // 2
    assert share(evidence, cost='any cost', score='MACs', **main) == (pairs - 1) / pairs
    page = (tmp_path / 'evidence.md').read_text()
    assert '| regnetx-4GF | r50 | 0.97 | Faster R-CNN 3x +2.5, Mask R-CNN 1x +3.3' in page
    assert '| score | all three (41 pairs) | RetinaNet (21 pairs) |' in page
    rows = list(csv.DictReader((tmp_path / 'evidence.csv').read_text().splitlines()))
    assert len(rows) == 56
    assert (tmp_path / 'evidence.png').read_bytes().startswith(b'\x89PNG')


def test_scores_are_configs_by_name(folder, tmp_path) -> None:
    with pytest.raises(ValueError, match='scores should be a dict'):
        rank_published(folder, tmp_path, [1], command='a command')  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        (None, 'holds no table of results'),
        ('model_name,mAP_0.5:0.95\nyolo9n_160,0.5\n', 'should be one of YOLOBench'),
    ],
)
def test_the_tool_says_in_a_line_what_is_wrong(tmp_path, text, said) -> None:
    if text:
        (tmp_path / 'VOC.csv').write_text(text)
    tool = ROOT / 'tools/analysis_tools/rank_published.py'
    done = subprocess.run(
        [sys.executable, tool, tmp_path, '--out', tmp_path / 'out'], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
