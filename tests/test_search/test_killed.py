import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_search_killed_at_any_moment_ends_as_if_it_had_not_been(tmp_path):
    # More than 60 kills at random moments, then one before every operation on the disk.
    command = [sys.executable, '-m', 'tests.test_search.killed', str(tmp_path), '60']
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found['different'] == []
    assert found['kills'] >= 60
    assert found['steps'] > 30
