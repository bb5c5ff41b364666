"""The page of few detectors: which pairs there are, and which of them a score orders rightly."""

import numpy as np
import pytest

from pisnas_mm.ranking.evidence import WITHIN, Bed, judge, residual_taus
from pisnas_mm.ranking.evidence_report import Evidence, score_table
from pisnas_mm.ranking.published import ANY, Key
from pisnas_mm.ranking.zoo_report import detector_table, pair_table, value_table, verdict_table

FAMILIES = {'a1': 'a', 'a2': 'a', 'b1': 'b', 'b2': 'b'}
MACS = {'a1': 10.0, 'a2': 100.0, 'b1': 11.0, 'b2': 1000.0}  # only a1 and b1 cost about the same


def bed(name: str, settings: list[str], accuracies: list[float]) -> Bed:
    keys = [Key(model, 800, setting) for model in FAMILIES for setting in settings]
    macs = np.array([MACS[key.model] for key in keys])
    better = np.array(accuracies)
    return Bed(
        name,
        keys,
        FAMILIES,
        better,
        {'MACs': macs, ANY: np.ones(len(keys))},
        {'cheap': -macs, 'right': better, 'blind': np.zeros(len(keys))},
    )


@pytest.fixture
def evidence() -> Evidence:
    """In the second of the schedules what costs about the same is ordered as the MACs are."""
    beds = [
        bed('all', ['1x', '2x'], [0.30, 0.32, 0.4, 0.4, 0.28, 0.325, 0.5, 0.5]),
        bed('one', ['1x'], [0.30, 0.4, 0.28, 0.5]),
    ]
    judgements = [judgement for of in beds for judgement in judge(of, 50)]
    taus = {of.name: residual_taus(of, 'MACs') for of in beds}
    return Evidence(judgements, taus, {}, beds)


def test_pairs_of_equal_macs_are_named_with_the_better_one_first(evidence: Evidence) -> None:
    _, *rows = pair_table(evidence.beds[0])
    assert rows == [['a1', 'b1', '0.91', '1x +2.0, 2x -0.5']]
    swapped = bed('all', ['1x'], [0.28, 0.4, 0.30, 0.5])
    assert pair_table(swapped)[1:] == [['b1', 'a1', '1.10', '1x +2.0']]


def test_verdicts_are_of_each_pair_of_equal_macs(evidence: Evidence) -> None:
    head, *rows = verdict_table(evidence)
    assert head == ['score', 'a1 / b1', 'share', 'tau of residuals']
    found = {row[0]: row[1] for row in rows}
    assert found == {'right': '1', 'cheap': '0.5', 'blind': '0.5'}
    assert rows[0][:3] == ['right', '1', '1.00']  # all samples say so: that is no interval
    assert {row[3] for row in rows} == {'-'}  # four backbones a schedule are too few


def test_shares_at_any_macs_are_by_detector(evidence: Evidence) -> None:
    head, *rows = detector_table(evidence, WITHIN)
    assert head == ['score', 'all (2 pairs)', 'one (2 pairs)']
    assert rows[0] == ['right', '1.00', '1.00']
    assert rows[-1] == ['cheap', '0.00', '0.00']


def test_few_families_have_no_interval(evidence: Evidence) -> None:
    head, *_ = score_table(evidence, 'one')
    assert head == ['score', 'across families', 'within families', 'tau of residuals']


def test_values_are_all_that_scores_say(evidence: Evidence) -> None:
    head, *rows = value_table(evidence)
    assert head == ['setting', 'backbone', 'box AP', 'cheap', 'right', 'blind']
    assert rows[1] == ['2x', 'a1', '32.0', '-10', '0.32', '0']
    assert len(rows) == 8
