import resource
import subprocess
import sys
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
        start = _seconds()
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        least = min(least, _seconds() - start)
        assert done.returncode == 0, done.stderr
        if least < 0.5:
            break
    assert done.stdout.startswith('usage: ')
    assert not {'torch', 'mmdet', 'mmcv'} & set(done.stderr.split())
    assert least < 0.5


def _seconds() -> float:
    """Of work that processes begun here have done: a busy machine counts for less."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
