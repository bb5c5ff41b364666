import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/check_data.py'


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [*map(str, [sys.executable, TOOL, *args])]
    return subprocess.run(command, env=os.environ, capture_output=True, text=True)


def rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table under a line that begins so."""
    (table,) = (part for part in text.split('\n\n') if part.startswith(head))
    return [line.split() for line in table.splitlines()[2:]]


def test_the_tables(tiny_config: Path) -> None:
    done = run(tiny_config)
    assert (done.returncode, done.stderr) == (0, '')
    assert 'train_dataloader.dataset: 8 images, 16 boxes, 3 classes in' in done.stdout
    (row,) = rows(done.stdout, 'Boxes by area')
    assert row == ['train', '8', '0', '16', '0', '3', '16', '0', '0']  # below 30 x 30: all small
    by_level = rows(done.stdout, 'Boxes by pyramid level')
    assert [row[1] for row in by_level] == ['8', '16', '32']
    assert sum(int(row[2]) for row in by_level) == 16
    by_class = rows(done.stdout, 'Images and boxes of each class')
    assert [row[0] for row in by_class] == ['red', 'green', 'blue']
    assert sum(int(row[2]) for row in by_class) == 16


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['model.bbox_head.num_classes=2'], 'model.bbox_head.num_classes is 2, but train_data'),
        (['train_dataloader.dataset.data_root=no where'], 'no where/annotations.json not found'),
        (['train_dataloader.dataset.metainfo.classes=[Red,Green,Blue]'], 'has the classes'),
    ],
)
def test_what_is_wrong_is_one_line(tiny_config: Path, options: list[str], message: str) -> None:
    done = run(tiny_config, '--cfg-options', *options)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith('error: ')
    assert message in line
