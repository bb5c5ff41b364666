import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import scoring, seeds
from benchmarks.__main__ import Settings, ends
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


def test_where_seeds_end(monkeypatch: pytest.MonkeyPatch) -> None:
    short = [100.0 + seed / 100 for seed in range(10)]

    def best(config: Path, seed: int, algorithm: str = '', num_candidates: int = 0) -> float:
        return {'': short[seed], 'released': 90.0, 'ruins': 100.145}[algorithm]

    monkeypatch.setattr(seeds, 'best', best)
    _, row = ends(Settings(1, [], 1, [Path('some/pis.py')]))
    # A thousandth below 100.145 is 100.0449.
    assert row == ['pis', '100.145', '5 of 10', '100.000', '100.045']


def test_a_search_of_a_seed_is_that_of_the_tool(tmp_path: Path) -> None:
    config = REPOSITORY / 'configs/pis_yolov8_s_coco.py'
    command = [REPOSITORY / 'tools/search.py', config, '--work-dir', tmp_path, '--cfg-options']
    options = ['search.num_candidates=300', 'search.seed=3']
    subprocess.run([sys.executable, *command, *options], capture_output=True, check=True)
    expected = json.loads((tmp_path / 'best.json').read_text())['best'][0]['score']
    assert seeds.best(config, num_candidates=300, seed=3) == expected
    assert seeds.best(config, num_candidates=300, seed=4) != expected
