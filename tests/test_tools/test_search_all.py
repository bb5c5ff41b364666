"""Searching the paper's backbones anew: what is found is checked in, and is found again."""

import subprocess
import sys
from pathlib import Path

from pisnas_mm.reproduction.searched import BACKBONE, read_all

REPOSITORY = Path(__file__).parents[2]
TOOL = REPOSITORY / 'tools/dev/search_all.py'
CONFIG = """
_base_ = ['{repository}/configs/pis_yolov8_n_coco.py']
search = dict(algorithm='restarts', restarts=3, num_candidates=600, population_size=32)
detector = dict(base=['{repository}/configs/_base_/detectors/gfl_fpn.py'])
"""


def run(tmp_path: Path, *args: str, code: int = 0) -> str:
    command = [sys.executable, TOOL, 'small', '--configs', 'configs', '--work-dirs', 'runs', *args]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


def test_a_search_is_checked_in_and_gives_the_same_again(tmp_path: Path) -> None:
    (tmp_path / 'configs').mkdir()
    config = tmp_path / 'configs/small.py'
    config.write_text(CONFIG.format(repository=REPOSITORY))
    run(tmp_path)
    found = read_all(tmp_path / 'configs/searched')['small']
    assert (found.collection, found.candidates) == ('PIS-NAS', 600)
    assert 0 < found.seconds < 60
    before = (tmp_path / 'configs/searched/small' / BACKBONE).read_bytes()

    assert 'small: the same architecture' in run(tmp_path, '--check')
    config.write_text(config.read_text().replace('600', '200'))
    assert 'small: another architecture' in run(tmp_path, '--check', code=1)
    assert (tmp_path / 'configs/searched/small' / BACKBONE).read_bytes() == before
