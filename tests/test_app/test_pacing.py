"""The pace of a training that is really trained; how it is used: test_verify.py."""

import json
from pathlib import Path

import pytest

from pisnas_mm.app.pacing import with_steps
from pisnas_mm.detectors.brief import STEPS_OF_PACE
from pisnas_mm.detectors.data import load_with_data
from pisnas_mm.ranking.brief_settings import BriefTraining
from pisnas_mm.ranking.budget import Pace, duration
from pisnas_mm.ranking.contest import Contest, Contestant


def test_a_training_is_measured_and_the_hours_are_used_up(
    tmp_path: Path, tiny_config: Path
) -> None:
    settings = BriefTraining(hours=0.05, rungs=2, seeds=(3,))
    contest = Contest(tmp_path, (Contestant('yours', None, 1, 1),), settings)
    found = with_steps(contest, {'yours': load_with_data(tiny_config)}, [None], 1, print)
    result = json.loads((tmp_path / 'yours/pace/result-2.json').read_text())
    measured = json.loads((tmp_path / 'yours/pace/pace.json').read_text())
    assert result['failure'] is None
    second = measured['round'] + STEPS_OF_PACE * measured['step']
    assert 0 < second < measured['rounds'] < result['seconds']

    (scalars,) = (tmp_path / 'yours/pace').glob('*/vis_data/scalars.json')
    evaluations = [line for line in scalars.read_text().splitlines() if '"lr"' not in line]
    assert len(evaluations) == 1
    assert list((tmp_path / 'yours/pace').glob('epoch_2.pth'))

    start = result['seconds'] - measured['rounds']
    pace = Pace(start, measured['round'], measured['step'])
    left = 0.05 * 3600 - result['seconds']
    steps = found.steps // found.rounds
    assert (found.hours, found.steps) == (None, 2 * steps)
    assert duration([[pace]], 2, 1, 1, steps) <= left < duration([[pace]], 2, 1, 1, steps + 1)


def test_nobody_trains(tmp_path: Path, tiny_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('pisnas_mm.detectors.trainings.TRAIN', ['false'])
    contest = Contest(tmp_path, (Contestant('yours', None, 1, 1),), BriefTraining(hours=1))
    with pytest.raises(ValueError, match=r'no contestant trains: exit code 1: .*pace/output.log'):
        with_steps(contest, {'yours': load_with_data(tiny_config)}, [None], 1, print)
