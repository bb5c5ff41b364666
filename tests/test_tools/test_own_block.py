"""docs/how-to/add_a_block.md, followed literally, from the block to the tested detector."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / 'docs/how-to/add_a_block.md').read_text()
BLOCK, CONFIG, CHECK = re.findall(r'```python\n(.*?)```', PAGE, re.DOTALL)
COMMANDS = [
    line
    for text in re.findall(r'```bash\n(.*?)```', PAGE, re.DOTALL)
    for line in text.splitlines()
    if line
]


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody works: the configs, a block and a config of their own."""
    folder = tmp_path_factory.mktemp('own_block')
    shutil.copytree(REPOSITORY / 'configs', folder / 'configs')
    (folder / 'projects').mkdir()
    (folder / 'projects/osa.py').write_text(BLOCK)
    (folder / 'configs/osa_digits.py').write_text(CONFIG)
    return folder


def run(folder: Path, command: str, *options: str, code: int = 0) -> str:
    """Run a command of the page: here, with this Python, the tools where they lie."""
    python, tool, *args = shlex.split(command)
    assert python == 'python'
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / tool), *args, *options],
        cwd=folder,
        env=os.environ | {'PYTHONPATH': str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope='module')
def searched(folder: Path) -> Path:
    (search,) = (c for c in COMMANDS if 'tools/search.py' in c)
    run(folder, search, '--cfg-options', 'search.num_candidates=3000')
    return folder


def test_the_page_has_the_commands_that_are_tried_here() -> None:
    tools = [shlex.split(command)[1] for command in COMMANDS]
    assert [Path(tool).stem for tool in tools] == [
        'search',
        'make_digits',
        'train',
        'test',
        'score',
    ]


def test_the_search_takes_the_block_up(searched: Path) -> None:
    texts = [(searched / 'work_dirs/osa_digits' / name).read_text() for name in ('backbone.py',)]
    assert all("imports=['projects.osa', 'pisnas_mm.models']" in text for text in texts)
    history = (searched / 'work_dirs/osa_digits/best.json').read_text()
    assert '"type": "OSA"' in history
    assert (
        '"type": "C2f"' in history + (searched / 'work_dirs/osa_digits/checkpoint.json').read_text()
    )


def test_it_trains_and_is_tested(searched: Path) -> None:
    """On fewer images, for an epoch of fewer steps; everything else as the page says."""
    make, train, test = (
        next(c for c in COMMANDS if f'tools/{name}.py' in c)
        for name in ('make_digits', 'train', 'test')
    )
    run(searched, make, '--num-train', '16', '--num-val', '4')
    brief = (
        'train_cfg.max_epochs=1',
        'train_dataloader.num_workers=0',
        'val_dataloader.num_workers=0',
    )
    brief += (
        'train_dataloader.persistent_workers=False',
        'val_dataloader.persistent_workers=False',
    )
    said = run(searched, train, '--cfg-options', *brief)
    assert 'coco/bbox_mAP' in said or 'results of the whole dataset is empty' in said
    said = run(searched, test.replace('epoch_5', 'epoch_1'))
    assert 'Epoch(test)' in said


def test_every_tool_knows_the_block(searched: Path) -> None:
    (score,) = (c for c in COMMANDS if 'score.py' in c)
    assert 'osa_digits' in run(searched, score)
    tools = 'python tools/analysis_tools'
    run(searched, f'{tools}/report.py work_dirs/osa_digits')
    run(searched, f'{tools}/compare.py work_dirs/osa_digits work_dirs/osa_digits/backbone.py')
    detector = 'work_dirs/osa_digits/osa_digits_detector.py'
    assert 'backbone' in run(searched, f'{tools}/get_flops.py {detector} --shape 128 128')


def test_what_is_not_imported_is_told_in_a_line(searched: Path) -> None:
    said = run(
        searched, 'python tools/analysis_tools/score.py work_dirs/osa_digits/best.json', code=2
    )
    (line,) = said.splitlines()
    assert "'OSA' is unknown" in line


def test_the_same_search_again_finds_the_same(searched: Path) -> None:
    (search,) = (c for c in COMMANDS if 'tools/search.py' in c)
    options = ('--work-dir', 'again', '--cfg-options')
    run(searched, search, *options, 'search.num_candidates=3000', 'search.checkpoint_interval=1000')
    ends = [searched / name / 'best.json' for name in ('work_dirs/osa_digits', 'again')]
    assert ends[0].read_bytes() == ends[1].read_bytes()


def test_the_check_of_the_page(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, '-c', CHECK],
        env=os.environ | {'PYTHONPATH': f'{folder}{os.pathsep}{REPOSITORY}'},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
