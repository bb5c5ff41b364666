import subprocess
import sys
from pathlib import Path

from benchmarks import scoring
from tests.test_scores.test_every_score import NAMES

REPOSITORY = Path(__file__).parents[1]


def test_the_benchmark_runs():
    command = [
        '-m',
        'benchmarks',
        '--repeats',
        '1',
        '--candidates',
        '300',
        '--only',
        'search',
        'stage',
    ]
    done = subprocess.run(
        [sys.executable, *command], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    searches, stages = done.stdout.strip().split('\n\n')
    head, *rows = searches.splitlines()
    assert ' '.join(head.split()) == 'search candidates seconds candidates/s scored/s peak MB'
    assert [row.split()[0] for row in rows] == [
        'configs/pis_coco.py',
        'configs/pis_yolov8_s_coco.py',
    ]
    assert all(float(row.split()[-1]) > 20 for row in rows)  # MB
    assert len(stages.splitlines()) == 7


def test_a_wrong_part_is_refused_in_one_line():
    done = subprocess.run(
        [sys.executable, '-m', 'benchmarks', '--only', 'serch'],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count('\n') == 1


def test_every_score_is_measured(monkeypatch):
    monkeypatch.setattr(scoring, 'IMAGE_SIZE', 32)
    measured = dict(scoring.measured(REPOSITORY, ['configs/pis_yolov8_s_coco.py'], 1))
    assert {title.partition(',')[0] for title in measured} == set(NAMES)
    assert {'NASWOTScore, 128 inputs', 'NASWOTScore, 16 inputs', 'ZenScore, 16 inputs'} < {
        *measured
    }
    assert 'MACsScore' in measured
    assert all(seconds > 0 for (seconds,) in measured.values())
    assert measured['ZenScore, 16 inputs'] > measured['MACsScore']


def test_architectures_are_new_ones():
    seed, *others = scoring.architectures(REPOSITORY / 'configs/pis_coco.py', 4)
    assert len({seed, *others}) == 4
