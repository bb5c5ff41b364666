"""Brief trainings for real: killed and gone on with, and beside tools/train.py."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

TOOLS = Path(__file__).parents[2] / 'tools'
CONFIG = """
_base_ = ['{configs}/pis_digits.py']
image_size = 64
constraints = dict(_delete_=True, macs=dict(type='MACs', max=4e6))
search = dict(num_candidates=400, population_size=32)
detector = dict(_delete_=True, base=['{detector}'])
verify = dict(type='BriefTraining', top_k=2, steps=6, rungs=2, seeds=(5,))
"""


@pytest.fixture(scope='module')
def config(tmp_path_factory: pytest.TempPathFactory, tiny_config: Path) -> Path:
    path = tmp_path_factory.mktemp('verify') / 'small.py'
    configs = (TOOLS.parent / 'configs').as_posix()
    path.write_text(CONFIG.format(configs=configs, detector=tiny_config.as_posix()))
    return path


@pytest.fixture(scope='module')
def whole(config: Path) -> Path:
    """The work directory of a search that verified at its end, without any interruption."""
    done = run('search', config, '--work-dir', config.parent / 'whole')
    assert 'searched-' in done.stdout
    return config.parent / 'whole'


def run(tool: str, *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOLS / f'{tool}.py'), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def weights(folder: Path) -> dict[str, Any]:
    """Of a training's last checkpoint."""
    (path,) = folder.glob('epoch_*.pth')
    state: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=False)['state_dict']
    return state


def equal(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def winner(work_dir: Path) -> str:
    name: str = json.loads((work_dir / 'verification.json').read_text())['verdict']['use']
    return name


def test_killed_it_goes_on_to_the_same_result(config: Path, whole: Path) -> None:
    """Killed while the second training runs, whose process ends with it."""
    killed = config.parent / 'killed'
    run('search', config, '--work-dir', killed, '--cfg-options', 'verify=False')
    text = (killed / 'small.py').read_text()
    entry = CONFIG[CONFIG.index('verify = ') :]
    (killed / 'small.py').write_text(text.replace('verify = False\n', entry))
    command = [sys.executable, str(TOOLS / 'verify.py'), str(killed)]
    begun = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: list(killed.glob('verification/searched-2/seed-5/*/vis_data/scalars.json')))
    os.kill(begun.pid, signal.SIGKILL)
    begun.wait()
    for _ in range(100):
        if not alive(killed):
            break
        time.sleep(0.1)
    assert alive(killed) == []
    run('verify', killed)
    assert (killed / 'verification.json').read_bytes() == (whole / 'verification.json').read_bytes()
    parts = f'verification/{winner(whole)}/seed-5'
    assert equal(weights(killed / parts), weights(whole / parts))


def test_one_of_two_is_killed_and_the_other_comes_to_the_same_result(
    config: Path, whole: Path
) -> None:
    """Both as a launcher starts them; the first one trains when it is killed."""
    shared = config.parent / 'shared'
    shutil.copytree(whole, shared)
    shutil.rmtree(shared / 'verification')
    (shared / 'verification.json').unlink()
    first, second = (launched(shared, rank) for rank in (0, 1))
    trained = until(lambda: claims_of(shared, first), lambda: claims_of(shared, second))
    assert {path.parents[1].name for path in trained} == {'searched-1', 'searched-2'}
    until(lambda: list(trained[0].parent.glob('*/vis_data/scalars.json')))
    first.kill()
    assert first.wait() != 0
    said, complaints = second.communicate()
    assert second.returncode == 0, complaints
    assert said == ''  # what is said the first one says
    same = (whole / 'verification.json').read_bytes()
    assert (shared / 'verification.json').read_bytes() == same
    parts = f'verification/{winner(whole)}/seed-5'
    assert equal(weights(shared / parts), weights(whole / parts))
    assert not list(shared.rglob('claim.json'))


def launched(work_dir: Path, rank: int) -> subprocess.Popen[str]:
    """One of two processes of a verification, as torchrun starts them."""
    group = {'RANK': str(rank), 'LOCAL_RANK': str(rank), 'WORLD_SIZE': '2'}
    command = [sys.executable, str(TOOLS / 'verify.py'), str(work_dir), '--launcher', 'pytorch']
    pipes: dict[str, Any] = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return subprocess.Popen(command, env=os.environ | group, **pipes)


def claims_of(work_dir: Path, process: subprocess.Popen[str]) -> list[Path]:
    """The trainings that a process has claimed."""
    found = []
    for path in work_dir.glob('verification/*/seed-5/claim.json'):
        with suppress(OSError, ValueError):  # half of it, or none any more
            if json.loads(path.read_text())['pid'] == process.pid:
                found.append(path)
    return found


def until(*conditions: Callable[[], Sequence[Any]]) -> list[Any]:
    """Wait for all, at once; what each gives first."""
    for _ in range(6000):
        found = [condition() for condition in conditions]
        if all(found):
            return [of[0] for of in found]
        time.sleep(0.05)
    pytest.fail('it never came to that')


def alive(work_dir: Path) -> list[str]:
    """Command lines of trainings below a folder."""
    found = []
    for path in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            text = path.read_bytes().replace(b'\0', b' ').decode()
        except OSError:
            continue
        if 'detectors.training' in text and f'{work_dir}/' in text:
            found.append(text)
    return found


def test_it_is_what_training_at_once_gives(config: Path, whole: Path) -> None:
    """Paused between the rungs there, in one run here."""
    name = winner(whole)
    at_once = config.parent / 'at_once'
    contestant = whole / f'verification/{name}/{name}.py'
    run('train', contestant, '--work-dir', at_once, '--cfg-options', 'randomness.seed=5')
    trained = weights(at_once)
    assert equal(trained, weights(whole / f'verification/{name}/seed-5'))


def test_help_needs_no_torch(tmp_path: Path) -> None:
    command = [sys.executable, '-I', '-S', '-X', 'importtime', TOOLS / 'verify.py', '--help']
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '--jobs' in done.stdout
    assert not {'torch', 'mmengine', 'numpy'} & set(done.stderr.split())


def test_a_folder_without_a_search_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, str(TOOLS / 'verify.py'), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert 'give the work directory of tools/search.py' in line
