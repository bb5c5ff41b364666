"""The whole of a verification, with a stand-in for the training that takes no time."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pisnas_mm import search_backbone
from pisnas_mm.app.verify import Verified, own_share, verify_search
from pisnas_mm.detectors import trainings
from pisnas_mm.utils.configs import load_config
from pisnas_mm.visualization.trained import lines, points

STAND_IN = """
import json, sys, time
from pathlib import Path
config, folder, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
until = json.loads(sys.argv[5])['pause_after']
orders = json.loads(Path(__file__).with_name('orders.json').read_text())
with open(Path(__file__).with_name('begun'), 'a') as file:
    file.write(f'{config.stem} {seed} {until}\\n')
time.sleep(orders.get('seconds', 0))
if config.stem == 'pace':
    pace = {'step': orders['step'], 'round': 0.0, 'rounds': 0.0}
    (folder / 'pace.json').write_text(json.dumps(pace))
    sys.exit('out of memory' if config.parent.name == orders.get('diverges') else 0)
if config.stem == orders.get('diverges'):
    sys.exit('FloatingPointError: diverged: the loss is nan at step 1')
before = len(list(folder.glob('*/vis_data/scalars.json')))
log = folder / f'run_{before}' / 'vis_data' / 'scalars.json'
log.parent.mkdir(parents=True)
values = [orders['worth'][config.stem] * (1 - 0.5 ** k) + seed / 1000 for k in range(1, until + 1)]
log.write_text(''.join(
    json.dumps({'coco/bbox_mAP': value, 'step': k}) + '\\n' for k, value in enumerate(values, 1)
))
"""
WORTH = {'searched-1': 0.3, 'searched-2': 0.7, 'searched-3': 0.6, 'searched-4': 0.2, 'r18': 0.52}
CONFIG = """
_base_ = ['{configs}/pis_digits.py']
image_size = 64
constraints = dict(_delete_=True, macs=dict(type='MACs', max=4e6))
search = dict(num_candidates=400, population_size=32)
detector = dict(_delete_=True, base=['{detector}'])
verify = dict(
    type='BriefTraining',
    top_k=4,
    steps=40,
    rungs=3,
    seeds=(0, 1, 2),
    baselines=dict(
        r18=dict(
            type='ResNet', depth=18, base_channels=8, out_indices=(1, 2, 3), norm_eval=False
        ),
    ),
)
"""
Make = Callable[..., Path]


@pytest.fixture(scope='module')
def searched(tmp_path_factory: pytest.TempPathFactory, tiny_config: Path) -> Path:
    """The work directory of a search whose config asks for trainings; not to be changed."""
    folder = tmp_path_factory.mktemp('searched')
    configs = (Path(__file__).parents[2] / 'configs').as_posix()
    config = folder / 'small.py'
    config.write_text(CONFIG.format(configs=configs, detector=tiny_config.as_posix()))
    search_backbone(config, work_dir=folder / 'out', options={'verify': False})
    text = (folder / 'out/small.py').read_text()
    assert 'verify = False' in text
    entry = CONFIG[CONFIG.index('verify = ') :]
    (folder / 'out/small.py').write_text(text.replace('verify = False', entry))
    return folder / 'out'


@pytest.fixture
def work_dir(searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, where trainings are played."""
    shutil.copytree(searched, tmp_path / 'out')
    (tmp_path / 'train.py').write_text(STAND_IN)
    order(tmp_path)
    monkeypatch.setattr(trainings, 'TRAIN', [sys.executable, str(tmp_path / 'train.py')])
    return tmp_path / 'out'


def order(folder: Path, **orders: Any) -> None:
    (folder / 'orders.json').write_text(json.dumps({'worth': WORTH, **orders}))


def begun(work_dir: Path) -> list[str]:
    return (work_dir.parent / 'begun').read_text().splitlines()


def silent(line: str) -> None:
    pass


def told(found: Verified) -> str:
    return found.files.verdict.read_text()


def test_from_finalists_to_the_sentence(work_dir: Path) -> None:
    said: list[str] = []
    found = verify_search(work_dir, say=said.append)
    assert [rung['left'] for rung in found.result['rungs']] == [
        ['searched-2', 'searched-3', 'r18'],
        ['searched-2', 'r18'],
        ['searched-2', 'r18'],
    ]
    assert [rung['steps'] for rung in found.result['rungs']] == [10, 20, 40]
    assert said[0] == '4 finalists, 1 baselines: 280 steps at most'  # 5 + 3 + 2 * 2 + 2 * 4 * 2
    assert 'after 10 steps: searched-2, searched-3, r18 left' in said
    assert len(begun(work_dir)) == 5 + 3 + 2 + 2 * 2
    difference = 100 * (0.7 - 0.52) * (1 - 0.5**4)
    sentence = found.result['verdict']['sentence']
    assert sentence.startswith(f'Use searched-2: it is +{difference:.1f} points (')
    assert json.loads(told(found))['verdict']['sentence'] == sentence

    finalist = load_config(work_dir / 'verification/searched-2/searched-2.py')
    verified = load_config(found.files.verified)
    assert verified.model == finalist.model  # as it was, and not as building it leaves it
    assert verified.train_cfg.max_epochs == 2  # the user's own schedule, not the brief one
    assert found.files.verified.read_text().startswith(f'# {sentence}')
    assert 'tools/train.py' in repr(found)


def test_interrupted_it_goes_on_to_the_same_and_trains_nothing_twice(work_dir: Path) -> None:
    ended: list[str] = []

    def interrupt(line: str) -> None:
        ended.append(line)
        if len(ended) == 8:  # in the second rung
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_search(work_dir, say=interrupt)
    before = begun(work_dir)
    again = told(verify_search(work_dir, say=silent))
    rest = begun(work_dir)[len(before) :]
    assert not set(before[:-1]) & set(rest)
    folder = work_dir.parent / 'other'
    work_dir.rename(folder)
    for path in (folder / 'verification').rglob('result*.json'):
        path.unlink()
    assert told(verify_search(folder, say=silent)) == again


def test_two_at_a_time_come_to_the_same(work_dir: Path) -> None:
    one = told(verify_search(work_dir, say=silent))
    shutil.rmtree(work_dir / 'verification')
    assert told(verify_search(work_dir, gpus=(None, None), say=silent)) == one


def test_several_share_the_trainings_and_come_to_the_same(work_dir: Path) -> None:
    """As on several machines: none trains what another one does."""
    one = told(verify_search(work_dir, say=silent))
    alone = begun(work_dir)
    shutil.rmtree(work_dir / 'verification')
    order(work_dir.parent, seconds=0.2)
    with ThreadPoolExecutor(3) as pool:
        several = [pool.submit(verify_search, work_dir, say=silent) for _ in range(3)]
    assert [told(found.result()) for found in several] == [one] * 3
    assert sorted(begun(work_dir)[len(alone) :]) == sorted(alone)
    assert not list((work_dir / 'verification').rglob('claim.json'))


SLURM = {'SLURM_PROCID': '5', 'SLURM_LOCALID': '3', 'SLURM_NTASKS': '8'}


@pytest.mark.parametrize(
    ('launcher', 'env', 'gpus', 'expected'),
    [
        ('none', {}, ['0', '1'], (['0', '1'], 1)),
        ('pytorch', {'LOCAL_RANK': '1', 'WORLD_SIZE': '4'}, ['0', '3'], (['3'], 4)),
        ('slurm', SLURM, ['0', '1', '2', '3'], (['3'], 8)),
        ('slurm', SLURM, ['7'], (['7'], 8)),  # where slurm gives each process its own
        ('slurm', SLURM, [None], ([None], 8)),
    ],
)
def test_a_process_of_several_has_a_gpu(
    launcher: str,
    env: dict[str, str],
    gpus: list[str | None],
    expected: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, 'environ', env)
    assert own_share(launcher, gpus) == expected
    assert env.get('RANK') == ('5' if launcher == 'slurm' else None)  # who speaks


def test_a_launcher_that_has_not_launched_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'environ', {})
    with pytest.raises(ValueError, match='--launcher slurm, but SLURM_PROCID is not set'):
        own_share('slurm', [None])


@pytest.mark.parametrize(('jobs', 'processes', 'steps'), [(1, 1, 8), (2, 1, 16), (1, 2, 16)])
def test_hours_become_steps_once(work_dir: Path, jobs: int, processes: int, steps: int) -> None:
    """A round of s steps takes 36 s; one after the other there are 28 rounds, two at a time 15."""
    order(work_dir.parent, step=36.0)
    options = {'verify.steps': None, 'verify.hours': 0.7}
    said: list[str] = []
    for gpus in (None,) * jobs, (None,):  # it goes on with fewer at a time
        found = verify_search(
            work_dir, options=options, gpus=gpus, processes=processes, say=said.append
        )
        assert found.result['rungs'][-1]['steps'] == steps
        order(work_dir.parent, step=1.0)
    assert said.count(f'0.7 hours: {steps} steps a training') == 2
    assert begun(work_dir).count('pace 0 2') == 5
    assert len(begun(work_dir)) == 5 + 14
    with pytest.raises(ValueError, match=r'verify.hours = 2, but .*budget.json is for 0.7; delete'):
        verify_search(work_dir, options={**options, 'verify.hours': 2}, say=silent)


def test_too_few_hours_are_told_before_anything_is_trained(work_dir: Path) -> None:
    order(work_dir.parent, step=36.0)
    options = {'verify.steps': None, 'verify.hours': 0.2}
    with pytest.raises(ValueError, match=r'verify.hours = 0.2 are too few: one .* takes 0.28; '):
        verify_search(work_dir, options=options, say=silent)
    assert set(begun(work_dir)) == {'pace 0 2'}
    verify_search(work_dir, options={**options, 'verify.hours': 0.7}, say=silent)
    assert begun(work_dir).count('pace 0 2') == 5  # what was measured counts


def test_who_fails_while_it_is_measured_takes_no_hours(work_dir: Path) -> None:
    """Four are left to be halved: 4 + 3 + 2 * 2 rounds with one seed."""
    order(work_dir.parent, step=36.0, diverges='searched-4')
    options = {'verify.steps': None, 'verify.hours': 0.7, 'verify.seeds': (0,)}
    found = verify_search(work_dir, options=options, say=silent)
    assert found.result['rungs'][-1]['steps'] == 4 * int(2520 / 36 / (4 + 3 + 2 * 2))
    (failed,) = [of for of in found.result['contestants'] if of['failure']]
    assert failed['name'] == 'searched-4'


def test_who_diverges_is_marked_and_leaves(work_dir: Path) -> None:
    order(work_dir.parent, diverges='searched-2')
    said: list[str] = []
    found = verify_search(work_dir, say=said.append)
    (line,) = [line for line in said if line.startswith('searched-2')]
    assert 'failed, exit code 1: FloatingPointError: diverged: the loss is nan at step 1' in line
    assert found.result['rungs'][0]['left'] == ['searched-3', 'searched-1', 'r18']
    (marked,) = [of for of in found.result['contestants'] if of['name'] == 'searched-2']
    assert 'diverged' in marked['failure']
    assert found.result['verdict']['use'] == 'searched-3'


def test_the_page_has_curves_table_and_sentence(work_dir: Path) -> None:
    found = verify_search(work_dir, say=silent)
    drawn = points(found.result)
    roles = {point.name: point.role for point in drawn}
    assert roles == {
        'searched-1': 'finalist, left',
        'searched-2': 'finalist',
        'searched-3': 'finalist, left',
        'searched-4': 'finalist, left',
        'r18': 'baseline',
    }
    steps = {point.steps for point in drawn if point.line == 'searched-2, seed 1'}
    assert steps == {10, 20, 30, 40}
    table = lines(found.result)
    assert [line.name for line in table] == ['searched-2', 'r18', 'searched-3', *WORTH_LAST]
    assert table[0].seeds == '65.6 65.7 65.8'
    assert table[2].remark == 'left after 20 steps'
    pytest.importorskip('vl_convert')
    from pisnas_mm.visualization.search_report import write_report

    html = write_report(work_dir, work_dir / 'report.html').read_text('utf-8')
    assert found.result['verdict']['sentence'] in html
    assert 'data-of="trained-curves"' in html


WORTH_LAST = ['searched-1', 'searched-4']


@pytest.mark.parametrize(
    ('options', 'complaint'),
    [
        ({'verify.hours': 1}, 'verify should have steps or hours, but has both; set one'),
        ({'verify.steps': 3}, r'verify.steps = 3 are too few: the first of 3 rungs'),
        (
            {'verify.metric': 'coco/bbox_map'},
            "verify.metric: the evaluator gives no 'coco/bbox_map'",
        ),
        ({'verify.baselines.r18.type': 'ResNat'}, '^verify: r18 does not build: .*ResNat'),
        (
            {'verify.baselines.r18.out_indices': (1, 2)},
            'r18 does not build: it gives 2 levels, but',
        ),
        ({'verify.baselines.other': 'no.py'}, 'verify: other does not build: .*no.py not found'),
        ({'detector.options.train_dataloader.dataset.data_root': '/nowhere'}, '/nowhere'),
    ],
)
def test_bad_input_is_one_line_before_anything_is_trained(
    work_dir: Path, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        verify_search(work_dir, options=options, say=silent)
    assert len(str(caught.value).splitlines()) == 1
    assert not (work_dir.parent / 'begun').exists()


def test_other_settings_need_another_beginning(work_dir: Path) -> None:
    verify_search(work_dir, say=silent)
    with pytest.raises(ValueError, match=r'searched-1.py was trained with other settings; delete'):
        verify_search(work_dir, options={'verify.steps': 80}, say=silent)


def test_a_detector_config_is_a_baseline_with_its_own_model(work_dir: Path) -> None:
    order(work_dir.parent, worth={**WORTH, 'yours': 0.9})
    config = Path(__file__).parents[2] / 'configs/yolov8/yolov8_n_5e_digits.py'
    found = verify_search(
        work_dir, options={'verify.baselines': {'yours': str(config)}}, say=silent
    )
    model = load_config(work_dir / 'verification/yours/yours.py').model
    assert model.bbox_head.type == 'YOLOv8Head'
    assert model.bbox_head.num_classes == 3
    assert found.result['verdict']['use'] == 'yours'
