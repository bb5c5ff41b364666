"""The comparison put together, from scores and accuracies that are made up."""

import numpy as np
import pytest

from pisnas_mm.ranking.figure import COLUMNS, draw, shown_range
from pisnas_mm.ranking.rank_report import (
    Comparison,
    architecture_table,
    compare,
    number_table,
    page,
    score_table,
)
from pisnas_mm.ranking.scoring import ingredients, score_configs, scored
from pisnas_mm.ranking.settings import RankingSettings
from pisnas_mm.scores import PISScore
from tests import reference

SETTINGS = RankingSettings(num_resamples=200, top_k=2)
ACCURACIES = {f'arch-{i}': (10.0 * i, 10.0 * i + 1) for i in range(6)}
SCORES = {
    'own': (1.0, 2.0, 3.0, 4.0, 6.0, 5.0),
    'good': (1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    'bad': (6.0, 5.0, 4.0, 3.0, 2.0, 1.0),
    'constant': (1.0,) * 6,
}


def comparison() -> Comparison:
    return compare(ACCURACIES, SCORES, {'part': SCORES['bad']}, {'absent': 'no rule'}, SETTINGS)


def test_every_score_against_the_trainings() -> None:
    own, good, bad, constant = comparison().rows
    assert (own.tau.value, good.tau.value, bad.tau.value) == (1 - 2 / 15, 1, -1)
    assert (own.regret.value, good.regret.value, bad.regret.value) == (0, 0, 40)
    assert good.rho.low == good.rho.high == 1
    assert own.against is None
    assert good.against is not None
    assert good.against.value == pytest.approx(2 / 15)
    assert 0 <= good.against.low <= good.against.high < 0.9  # in the same samples
    assert np.isnan(constant.tau.value)


def test_tables_rank_by_tau_and_name_what_is_missing() -> None:
    found = comparison()
    table = score_table(found.rows, 2)
    assert [row[0] for row in table[1:]] == ['good', 'own', 'bad', 'constant']
    assert table[1][1] == '+1.00 (+1.00 to +1.00)'
    assert table[-1][1:3] == ['-', '-']
    assert table[2][-1] == '-'
    text = page(found, 'A title', 'a command', 'picture.png')
    assert text.startswith('# A title\n\nWritten by `a command`.\n')
    assert (
        '6 architectures, each trained with 2 seeds; `coco/bbox_mAP` in percent, from 0.5 to 50.5'
        in text
    )
    assert 'The seeds agree with each other with a tau of 1.00.' in text
    assert '* `absent` has no value: no rule' in text
    assert '![Accuracy over every score](picture.png)' in text


def test_numbers_for_programs() -> None:
    head, *rows = number_table(comparison().rows)
    own, good, *_ = (dict(zip(head, row, strict=True)) for row in rows)
    assert good['tau'] == '1.0000'
    assert (own['against'], own['regret']) == ('-', '0.0000')
    architectures = architecture_table(comparison())
    assert architectures[0] == [
        *('architecture', 'seed 0', 'seed 1', 'mean', 'own', 'good', 'bad', 'constant', 'part')
    ]
    assert architectures[2] == ['arch-1', '10.00', '11.00', '10.50', '2', '2', '5', '1', '5']


def test_a_panel_a_score() -> None:
    found = comparison()
    figure = draw(found, 'A title')
    titles = [axes.get_title().split('\n')[0] for axes in figure.axes]
    assert titles == ['own', 'good', 'bad', 'constant']
    assert len(titles) == COLUMNS
    points = [line.get_xydata() for line in figure.axes[1].lines if len(line.get_xydata())]
    assert np.allclose(points[-1], [[i + 1, 10 * i + 0.5] for i in range(6)])


def test_scores_far_out_do_not_squeeze_the_others() -> None:
    assert shown_range([1, 2, 3, 4, 5, 6]) == (1, 6)
    assert shown_range([-1e8, 1, 2, 3, 4, 5, 6, 1e9]) == (1, 6)
    assert shown_range([1.0] * 4) == (1, 1)


def test_what_scores_say() -> None:
    genotypes = [reference.genotype(line) for line in reference.C2F[:2]]
    configs = {'PRScore': {'type': 'PRScore'}, 'odd': {'type': 'PRScore', 'weights': (1,)}}
    values, missing = scored(genotypes, 128, configs)
    assert list(values) == ['PRScore']
    assert len(values['PRScore']) == 2
    assert 'weights should be one for each' in missing['odd']
    parts = ingredients(genotypes, 128, PISScore(128))
    assert parts['pr_score'] == values['PRScore']
    total = np.sum([parts[f'radius of C{i}'] for i in (3, 4, 5)], axis=0)
    assert np.allclose(total, values['PRScore'])


def test_every_registered_score_is_compared_and_the_own_one_first() -> None:
    from pisnas_mm.registry import SCORES as REGISTRY

    own = {'type': 'MAEDETScore', 'weights': (0, 0, 1, 1, 1)}
    configs = score_configs({'score': own}, {'more': {'type': 'PRScore', 'threshold': 0.2}})
    assert next(iter(configs.values())) == own
    assert set(configs) == {*REGISTRY.module_dict, 'more'}
    assert configs['PRScore'] == {'type': 'PRScore'}
