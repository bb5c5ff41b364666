import subprocess
import sys
from pathlib import Path

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
