import subprocess
import sys
import time
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / 'tools'
NAMES = sorted(str(path.relative_to(TOOLS)) for path in TOOLS.rglob('*.py'))


def test_there_are_tools():
    assert {'search.py', 'train.py', 'test.py'} <= set(NAMES)


@pytest.mark.parametrize('name', NAMES)
def test_help_answers_at_once(tmp_path, name):
    command = [sys.executable, '-X', 'importtime', TOOLS / name, '--help']
    least = 10.0
    for _ in range(3):  # other processes may be in the way once
        start = time.perf_counter()
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        least = min(least, time.perf_counter() - start)
        assert done.returncode == 0, done.stderr
        if least < 0.5:
            break
    assert done.stdout.startswith('usage: ')
    assert not {'torch', 'mmdet', 'mmcv'} & set(done.stderr.split())
    assert least < 0.5
